#include "integration/management/real_world.h"

#include "base/assert.h"
#include "management/http/http_connector.h"
#include "management/jmx/jmx_connector.h"
#include "support/run.h"

#include <csignal>
#include <cstdlib>
#include <sstream>

namespace helenus::test {
namespace {

std::string variable(const char* name) {
  const auto* text = std::getenv(name);
  return text == nullptr ? std::string{} : std::string(text);
}

std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> found;
  std::istringstream stream(text);
  for (std::string word; std::getline(stream, word, ',');) found.push_back(word);
  return found;
}

management::jmx::jmx_management_options way_in() {
  management::jmx::jmx_management_options options;
  if (const auto user = variable("HELENUS_TEST_JMX_USER"); !user.empty()) {
    options.logins.by_default = {user, base::secret(variable("HELENUS_TEST_JMX_PASSWORD"))};
  }
  if (const auto ca = variable("HELENUS_TEST_JMX_CA"); !ca.empty()) {
    // A proxy of ours has another address than the node's certificate.
    options.tls =
        *net::tls_context::load({.ca_file = ca, .verification = net::tls_verification::chain});
  }
  return options;
}

}  // namespace

const lab_facts& lab_facts::get() {
  static const lab_facts facts = [] {
    lab_facts read;
    for (const auto& node : words(variable("HELENUS_TEST_NODES"))) {
      read.addresses.push_back(node.substr(0, node.find(':')));
    }
    for (const auto& pid : words(variable("HELENUS_TEST_PIDS"))) {
      read.pids.push_back(std::stoi(pid));
    }
    read.keyspace = variable("HELENUS_TEST_KEYSPACE");
    read.version = variable("HELENUS_TEST_VERSION");
    read.cluster_name = variable("HELENUS_TEST_CLUSTER");
    read.options = way_in();
    HELENUS_ASSERT(!read.addresses.empty());  // started without a cluster
    return read;
  }();
  return facts;
}

real_world::real_world(management::jmx::jmx_management_options options)
    : connector_(
          management::jmx::make_connector(context_.get_executor(), clock_, std::move(options))) {}

real_world::real_world(management::http::http_management_options options)
    : connector_(
          management::http::make_connector(context_.get_executor(), clock_, std::move(options))),
      hears_beginnings_(false) {}

result<void> real_world::run(task<void> scene) {
  return run_blocking(
      context_,
      base::finally(base::with_timeout(clock_, std::move(scene), limit, "the test"),
                    [this]() -> task<void> { co_return co_await connector_->close_all(); }));
}

model::cluster real_world::cluster() const {
  model::cluster cluster;
  cluster.name = lab_facts::get().cluster_name;
  cluster.seed_hosts = {address()};
  return cluster;
}

frozen_node::frozen_node(std::size_t index) : pid_(lab_facts::get().pids.at(index)) {}
frozen_node::~frozen_node() { thaw(); }
void frozen_node::freeze() { ::kill(pid_, SIGSTOP); }
void frozen_node::thaw() { ::kill(pid_, SIGCONT); }

}  // namespace helenus::test
