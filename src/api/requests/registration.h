#pragma once

#include "base/result.h"
#include "cluster/cluster_service.h"
#include "crypto/cryptograph.h"
#include "http/message.h"

#include <string>
#include <vector>

namespace helenus::api {

/// One registration per seed that was named: to be tried in turn.
using registrations = std::vector<cluster::registration>;

/// The parameters of POST /cluster and PUT /cluster/{name}: seedHost, a comma list of `host` or
/// `host@cluster`, and jmxPort. The cluster behind the @ of the first host selects the configured
/// login with which all of them are asked who they are. Pure. Errors: bad_parameter,
/// not_an_integer.
result<registrations> parse_registration(const http::parameters& from,
                                         const std::string& expected_name);

/// The form of the `auth` variants of both, which may bring the credentials of the cluster as
/// jmxUsername and jmxPassword; one without the other is left out. The password is encrypted here
/// and nowhere plain from then on. wrong_media_type unless the body is a form; bad_parameter, which
/// names the field, when it cannot be decoded, and for credentials without a cryptograph; errors of
/// the cryptograph.
result<registrations> parse_registration_form(const http::request& asked,
                                              const std::string& expected_name,
                                              const crypto::cryptograph& cryptograph);

}  // namespace helenus::api
