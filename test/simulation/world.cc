#include "world.h"

#include "base/log.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

namespace helenus::test {

world::world(fake_cluster_options options, repair::repair_options engine_options)
    : engine_options_(engine_options) {
  base::set_log_level(base::level::error);  // faults are what these tests are about
  cassandra_ = std::make_unique<fake_cluster>(context_.get_executor(), clock_, std::move(options));
}

world::~world() {
  if (alive_) crash();
}

void world::boot() {
  HELENUS_ASSERT(!alive_);
  clusters_ = std::make_unique<cluster::cluster_service>(context_.get_executor(), clock_, storage_,
                                                         *cassandra_, cluster::cluster_options{});
  engine_ = std::make_unique<repair::repair_service>(
      context_.get_executor(), clock_, storage_, *clusters_, mode_, engine_options_, metrics_,
      static_cast<std::uint64_t>(clock_.now().time_since_epoch().count()) + 7);
  const auto known = run(storage_.clusters().all());
  if (known && known->empty()) {
    cluster::registration what;
    what.seed = cassandra_->registration().seed_hosts.front();
    const auto added = run(clusters_->add(what));
    HELENUS_ASSERT(added.has_value());
  }
  alive_ = true;
  boost::asio::co_spawn(
      context_, engine_->run(),
      boost::asio::bind_cancellation_slot(
          kill_.slot(), [this](std::exception_ptr, result<void>) { alive_ = false; }));
}

void world::crash() {
  kill_.emit(boost::asio::cancellation_type::terminal);
  // What unwinds may talk to nodes once more, for a bounded time.
  clock_.run_until(context_, clock_.now() + 60s, [this] { return !alive_; });
  HELENUS_ASSERT(!alive_);
  engine_.reset();
  clusters_.reset();
}

void world::stop(base::clock::duration grace) {
  static_cast<void>(run(engine_->shutdown(grace)));
  clock_.run_until(context_, clock_.now() + 60s, [this] { return !alive_; });
  HELENUS_ASSERT(!alive_);
  engine_.reset();
  clusters_.reset();
}

model::run_state world::run_to_end(model::run_id id, base::clock::duration limit) {
  const auto end = clock_.now() + limit;
  while (clock_.now() < end) {
    const auto state = report(id).run.state;
    if (model::is_terminated(state)) return state;
    const auto before = clock_.now();
    const auto step = std::min<base::clock::duration>(10s, end - before);
    pass(step);
    // Nobody sleeps for less.
    if (clock_.now() == before) clock_.advance(step);
  }
  return report(id).run.state;
}

repair::run_request world::request() const {
  repair::run_request what;
  what.cluster_name = cassandra_->registration().name;
  what.keyspace = "shop";
  what.owner = "test";
  what.segments_per_node = 16;
  what.intensity = 1.0;
  return what;
}

model::run_id world::start(repair::run_request what) {
  const auto made = run(engine_->create(std::move(what)));
  EXPECT_TRUE(made.has_value()) << made.error().message();
  if (!made) return {};
  const auto started = run(engine_->start(made->run.id));
  EXPECT_TRUE(started.has_value()) << started.error().message();
  return made->run.id;
}

repair::run_report world::report(model::run_id id) {
  auto found = run(engine_->find(id));
  HELENUS_ASSERT(found.has_value());
  return std::move(*found);
}

std::vector<repair::segment_report> world::segments(model::run_id id) {
  auto found = run(engine_->segments(id));
  HELENUS_ASSERT(found.has_value());
  return std::move(*found);
}

std::string world::wrong(bool exactly_once) {
  std::string text;
  for (const auto& violation : cassandra_->violations()) text += violation + "\n";
  const auto& ledger = cassandra_->repaired();
  text += exactly_once ? ledger.not_exactly_once("shop", tables_)
                       : ledger.never_repaired("shop", tables_);
  return text;
}

}  // namespace helenus::test
