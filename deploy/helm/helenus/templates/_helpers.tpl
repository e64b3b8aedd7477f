{{/* The name of everything: that of the release, with the chart's if it does not have it. */}}
{{- define "helenus.name" -}}
{{- $name := ternary .Release.Name (printf "%s-helenus" .Release.Name) (contains "helenus" .Release.Name) -}}
{{- $name | trunc 46 | trimSuffix "-" -}}
{{- end }}

{{/* Of the daemon's pods only: those of the Job and of the test are not behind the Service. */}}
{{- define "helenus.selector" -}}
app.kubernetes.io/name: helenus
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "helenus.labels" -}}
{{ include "helenus.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "helenus.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* What a container needs to be admitted under the restricted standard. */}}
{{- define "helenus.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "helenus.podSettings" -}}
automountServiceAccountToken: false  # it never talks to the API server
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext: {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}

{{/* The variable NAME_FILE that names a key of a mounted Secret. Arguments: variable, folder, key. */}}
{{- define "helenus.file" -}}
- {name: {{ index . 0 }}_FILE, value: {{ printf "/secrets/%s/%s" (index . 1) (index . 2) }}}
{{- end }}

{{/* Options in the form that Reaper's image takes them, and files of passwords. */}}
{{- define "helenus.javaOptions" -}}
{{- $options := list (printf "-Ddw.server.shutdownGracePeriod=%ds" (int .Values.shutdownGraceSeconds)) -}}
{{- if or .Values.tls.cassandra .Values.tls.jmx -}}
{{- $options = concat $options (list "-Djavax.net.ssl.trustStore=/secrets/key-stores/truststore" "-Djavax.net.ssl.trustStorePasswordFile=/secrets/key-stores/truststore-password") -}}
{{- if .Values.tls.clientCertificate -}}
{{- $options = concat $options (list "-Djavax.net.ssl.keyStore=/secrets/key-stores/keystore" "-Djavax.net.ssl.keyStorePasswordFile=/secrets/key-stores/keystore-password") -}}
{{- end -}}
{{- if .Values.tls.jmx -}}
{{- $options = append $options "-Dssl.enable=true" -}}
{{- end -}}
{{- end -}}
{{- if .Values.secrets.serverCertificate -}}
{{- $connector := "-Ddw.server.applicationConnectors[0]." -}}
{{- $options = concat $options (list (printf "%stype=https" $connector) (printf "%scertificateFile=/secrets/server-certificate/tls.crt" $connector) (printf "%skeyFile=/secrets/server-certificate/tls.key" $connector)) -}}
{{- end -}}
{{- if .Values.httpManagement.enabled -}}
{{- $options = append $options (printf "-Ddw.httpManagement.managementApiPort=%d" (int .Values.httpManagement.port)) -}}
{{- end -}}
{{- join " " (concat $options .Values.javaOptions) -}}
{{- end }}

{{/* The variables that the daemon and the migration share. */}}
{{- define "helenus.storageVariables" -}}
{{- if eq .Values.storage.type "cassandra" -}}
- {name: REAPER_STORAGE_TYPE, value: cassandra}
- name: REAPER_CASS_CONTACT_POINTS
  value: {{ toJson .Values.storage.cassandra.contactPoints | quote }}
- {name: REAPER_CASS_LOCAL_DC, value: {{ .Values.storage.cassandra.localDatacenter | quote }}}
- {name: REAPER_CASS_KEYSPACE, value: {{ .Values.storage.cassandra.keyspace }}}
{{- if .Values.secrets.cassandraLogin }}
- {name: REAPER_CASS_AUTH_ENABLED, value: "true"}
{{ include "helenus.file" (list "REAPER_CASS_AUTH_USERNAME" "cassandra-login" "username") }}
{{ include "helenus.file" (list "REAPER_CASS_AUTH_PASSWORD" "cassandra-login" "password") }}
{{- end }}
{{- if .Values.tls.cassandra }}
- {name: REAPER_CASS_NATIVE_PROTOCOL_SSL_ENCRYPTION_ENABLED, value: "true"}
{{- end }}
{{- else -}}
- {name: REAPER_STORAGE_TYPE, value: memory}  # Reaper's name for the embedded database
- {name: REAPER_MEMORY_STORAGE_DIRECTORY, value: /state}
{{- end }}
- {name: JAVA_OPTS, value: {{ include "helenus.javaOptions" . | quote }}}
{{- end }}

{{/* Folders under /secrets by the names of their Secrets. */}}
{{- define "helenus.migrationSecrets" -}}
{{- $folders := dict -}}
{{- if and .Values.secrets.cassandraLogin (eq .Values.storage.type "cassandra") -}}{{- $_ := set $folders "cassandra-login" .Values.secrets.cassandraLogin -}}{{- end -}}
{{- if or .Values.tls.cassandra .Values.tls.jmx -}}{{- $_ := set $folders "key-stores" .Values.secrets.keyStores -}}{{- end -}}
{{- toYaml $folders -}}
{{- end }}
{{- define "helenus.daemonSecrets" -}}
{{- $folders := fromYaml (include "helenus.migrationSecrets" .) -}}
{{- if .Values.httpManagement.enabled -}}
{{- range $folder, $secret := dict "management-stores" .Values.secrets.managementStores "management-stores-of-clusters" .Values.secrets.managementStoresOfClusters -}}
{{- if $secret -}}{{- $_ := set $folders $folder $secret -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- range $folder, $secret := dict "login" .Values.secrets.login "read-only-login" .Values.secrets.readOnlyLogin "tokens" .Values.secrets.tokens "jmx-login" .Values.secrets.jmxLogin "cryptograph" .Values.secrets.cryptograph "server-certificate" .Values.secrets.serverCertificate -}}
{{- if $secret -}}{{- $_ := set $folders $folder $secret -}}{{- end -}}
{{- end -}}
{{- toYaml $folders -}}
{{- end }}
{{- define "helenus.secretMounts" -}}
{{- range $folder, $_ := . }}
- {name: {{ $folder }}, mountPath: /secrets/{{ $folder }}, readOnly: true}
{{- end }}
{{- end }}
{{- define "helenus.secretVolumes" -}}
{{- range $folder, $secret := . }}
- name: {{ $folder }}
  secret: {secretName: {{ $secret }}}
{{- end }}
{{- end }}
