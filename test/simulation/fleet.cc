#include "fleet.h"

#include "base/log.h"
#include "deployment/shared.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

namespace helenus::test {

fleet::fleet(fleet_kind kind, fake_cluster_options options, std::size_t size,
             repair::repair_options engine_options)
    : kind_(kind), engine_options_(engine_options) {
  base::set_log_level(base::level::error);
  cassandra_ = std::make_unique<fake_cluster>(context_.get_executor(), clock_, std::move(options));
  if (kind == fleet_kind::sidecars) size = cassandra_->size();
  if (kind == fleet_kind::regional) size = cassandra_->options().layout.datacenters.size();
  for (std::size_t index = 0; index < size; ++index) {
    instances_.push_back(std::make_unique<instance>(*this));
  }
}

fleet::~fleet() {
  for (std::size_t index = 0; index < size(); ++index) {
    if (is_alive(index)) crash(index);
  }
}

void fleet::boot(std::size_t index) {
  auto& which = *instances_.at(index);
  HELENUS_ASSERT(which.alive == 0);
  which.id = ids_.next(clock_.wall_now());
  which.mode.peers = std::make_unique<deployment::shared>(
      which.time, which.link, storage::instance{which.id, "instance " + std::to_string(index)});
  if (kind_ == fleet_kind::sidecars) {
    which.mode.reach = deployment::reach_policy::of_node(cassandra_->node(index).id(),
                                                         cassandra_->node(index).address());
  }
  if (kind_ == fleet_kind::regional) {
    which.mode.reach = deployment::reach_policy::of_datacenter(
        cassandra_->options().layout.datacenters.at(index).name);
  }
  const auto executor = which.runs_on.get_executor();
  which.clusters = std::make_unique<cluster::cluster_service>(
      executor, which.time, which.link, *cassandra_, cluster::cluster_options{}, which.mode.reach);
  which.engine = std::make_unique<repair::repair_service>(
      executor, which.time, which.link, *which.clusters, which.mode, engine_options_, metrics_,
      static_cast<std::uint64_t>(clock_.now().time_since_epoch().count()) + 7 + index);
  register_cluster(which);
  EXPECT_TRUE(run(which.mode.peers->join()));
  const auto ended = [&which](std::exception_ptr, const result<void>&) { --which.alive; };
  which.alive = 2;
  boost::asio::co_spawn(executor, which.engine->run(),
                        boost::asio::bind_cancellation_slot(which.kill_engine.slot(), ended));
  boost::asio::co_spawn(executor, which.mode.peers->run(),
                        boost::asio::bind_cancellation_slot(which.kill_peers.slot(), ended));
}

void fleet::register_cluster(instance& which) {
  const auto known = run(storage_.clusters().all());
  if (known && !known->empty()) return;
  cluster::registration what;
  what.seed = cassandra_->registration().seed_hosts.front();
  HELENUS_ASSERT(run(which.clusters->add(what)).has_value());
}

std::size_t fleet::instance_with(const base::uuid& id) const {
  std::size_t index = 0;
  while (instances_.at(index)->id != id) ++index;
  return index;
}

void fleet::boot_all() {
  for (std::size_t index = 0; index < size(); ++index) boot(index);
}

void fleet::end(instance& which) {
  which.kill_peers.emit(boost::asio::cancellation_type::terminal);
  clock_.run_until(context_, clock_.now() + 60s, [&which] { return which.alive == 0; });
  HELENUS_ASSERT(which.alive == 0);
  which.engine.reset();
  which.clusters.reset();
  which.mode = {};
}

void fleet::crash(std::size_t index) {
  auto& which = *instances_.at(index);
  which.runs_on.go_on();
  which.kill_engine.emit(boost::asio::cancellation_type::terminal);
  end(which);
}

void fleet::stop(std::size_t index, base::clock::duration grace) {
  auto& which = *instances_.at(index);
  static_cast<void>(run(which.engine->shutdown(grace)));
  static_cast<void>(run(which.mode.peers->leave()));
  end(which);
}

void fleet::pass(base::clock::duration length) {
  const auto end = clock_.now() + length;
  clock_.run_until(context_, end, [] { return false; });
  if (clock_.now() < end) clock_.advance(end - clock_.now());
}

model::run_id fleet::start(int segments_per_node) {
  repair::run_request what;
  what.cluster_name = cassandra_->registration().name;
  what.keyspace = "shop";
  what.owner = "test";
  what.segments_per_node = segments_per_node;
  what.intensity = 1.0;
  const auto made = run(engine(0).create(std::move(what)));
  EXPECT_TRUE(made.has_value()) << made.error().message();
  if (!made) return {};
  EXPECT_TRUE(run(engine(0).start(made->run.id)));
  return made->run.id;
}

model::repair_run fleet::stored(model::run_id id) {
  auto found = run(storage_.runs().find(id));
  HELENUS_ASSERT(found.has_value());
  return std::move(*found);
}

std::vector<model::repair_segment> fleet::segments(model::run_id id) {
  auto found = run(storage_.segments().of_run(id));
  HELENUS_ASSERT(found.has_value());
  return std::move(*found);
}

model::run_state fleet::run_to_end(model::run_id id, base::clock::duration limit) {
  const auto end = clock_.now() + limit;
  while (clock_.now() < end) {
    const auto state = stored(id).state;
    if (model::is_terminated(state)) return state;
    pass(std::min<base::clock::duration>(10s, end - clock_.now()));
  }
  return stored(id).state;
}

std::string fleet::wrong(bool exactly_once) {
  std::string text;
  for (const auto& violation : cassandra_->violations()) text += violation + "\n";
  const std::vector<std::string> tables{"customers", "orders", "visits"};
  const auto& ledger = cassandra_->repaired();
  text += exactly_once ? ledger.not_exactly_once("shop", tables)
                       : ledger.never_repaired("shop", tables);
  return text;
}

}  // namespace helenus::test
