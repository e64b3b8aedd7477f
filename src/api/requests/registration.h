#pragma once

#include "base/result.h"
#include "cluster/cluster_service.h"
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
result<registrations> parse_registration(const http::parameters& from, std::string expected_name);

/// The form of the `auth` variants of both. wrong_media_type unless the body is a form;
/// bad_parameter, which names the field, when it cannot be decoded, and when it carries
/// credentials, which this version takes from its configuration only.
result<registrations> parse_registration_form(const http::request& asked,
                                              std::string expected_name);

}  // namespace helenus::api
