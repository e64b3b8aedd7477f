#include "app/make_management.h"

#include "management/jmx/jmx_connector.h"
#include "management/jmx/jmx_node_calls.h"

#include <utility>

namespace helenus::app {

std::unique_ptr<management::node_connector> make_management(
    boost::asio::any_io_executor executor, base::clock& clock,
    management::jmx::jmx_management_options options) {
  auto dialer = management::jmx::make_jmx_dialer(clock, options);
  return std::make_unique<management::jmx::jmx_connector>(std::move(executor), clock,
                                                          std::move(options), std::move(dialer));
}

}  // namespace helenus::app
