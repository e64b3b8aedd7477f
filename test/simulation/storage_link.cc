#include "storage_link.h"

namespace helenus::test {
namespace {

using namespace storage;

class linked_clusters final : public cluster_store {
 public:
  linked_clusters(storage_link& link, cluster_store& inner) : link_(link), inner_(inner) {}

  task<std::vector<model::cluster>> all() override { return link_.pass(inner_.all()); }
  task<model::cluster> find(std::string name) override {
    return link_.pass(inner_.find(std::move(name)));
  }
  task<void> save(model::cluster cluster) override {
    return link_.pass(inner_.save(std::move(cluster)));
  }
  task<void> remove(std::string name) override {
    return link_.pass(inner_.remove(std::move(name)));
  }

 private:
  storage_link& link_;
  cluster_store& inner_;
};

class linked_runs final : public run_store {
 public:
  linked_runs(storage_link& link, run_store& inner) : link_(link), inner_(inner) {}

  task<void> create(model::repair_unit unit, model::repair_run run,
                    std::vector<model::repair_segment> segments) override {
    return link_.pass(inner_.create(std::move(unit), std::move(run), std::move(segments)));
  }
  task<model::repair_run> find(model::run_id id) override { return link_.pass(inner_.find(id)); }
  task<std::vector<model::repair_run>> list(run_filter filter) override {
    return link_.pass(inner_.list(std::move(filter)));
  }
  task<std::vector<run_summary>> summaries(run_filter filter) override {
    return link_.pass(inner_.summaries(std::move(filter)));
  }
  task<model::version> replace(model::repair_run next) override {
    return link_.pass(inner_.replace(std::move(next)));
  }
  task<void> remove(model::run_id id, model::version seen) override {
    return link_.pass(inner_.remove(id, seen));
  }
  task<model::repair_unit> find_unit(model::unit_id id) override {
    return link_.pass(inner_.find_unit(id));
  }
  task<std::optional<model::repair_unit>> find_same_unit(model::repair_unit unit) override {
    return link_.pass(inner_.find_same_unit(std::move(unit)));
  }
  task<segment_counts> counts(model::run_id id) override { return link_.pass(inner_.counts(id)); }

 private:
  storage_link& link_;
  run_store& inner_;
};

class linked_segments final : public segment_store {
 public:
  linked_segments(storage_link& link, segment_store& inner) : link_(link), inner_(inner) {}

  task<std::vector<model::repair_segment>> of_run(model::run_id run) override {
    return link_.pass(inner_.of_run(run));
  }
  task<std::vector<model::repair_segment>> unfinished(model::run_id run) override {
    return link_.pass(inner_.unfinished(run));
  }
  task<std::vector<model::segment_id>> done_among(model::run_id run,
                                                  std::vector<model::segment_id> ids) override {
    return link_.pass(inner_.done_among(run, std::move(ids)));
  }
  task<model::repair_segment> find(model::run_id run, model::segment_id id) override {
    return link_.pass(inner_.find(run, id));
  }
  task<segment_look> look(model::run_id run, model::segment_id id,
                          std::vector<model::segment_id> others) override {
    return link_.pass(inner_.look(run, id, std::move(others)));
  }
  task<model::version> replace(model::repair_segment next) override {
    return link_.pass(inner_.replace(std::move(next)));
  }
  task<void> split(model::repair_segment old, std::vector<model::repair_segment> parts) override {
    return link_.pass(inner_.split(std::move(old), std::move(parts)));
  }

 private:
  storage_link& link_;
  segment_store& inner_;
};

class linked_leases final : public lease_store {
 public:
  linked_leases(storage_link& link, lease_store& inner) : link_(link), inner_(inner) {}

  task<lease_answer> take(instance who, node_lease what, std::vector<handed_node> handed,
                          std::vector<handed_node> freed) override {
    return link_.pass(
        inner_.take(std::move(who), std::move(what), std::move(handed), std::move(freed)));
  }
  task<bool> renew(instance who, node_lease what) override {
    return link_.pass(inner_.renew(std::move(who), std::move(what)));
  }
  task<void> release(instance who, node_lease what) override {
    return link_.pass(inner_.release(std::move(who), std::move(what)));
  }
  task<std::vector<held_node>> held(model::run_id run) override {
    return link_.pass(inner_.held(run));
  }

 private:
  storage_link& link_;
  lease_store& inner_;
};

class linked_instances final : public instance_store {
 public:
  linked_instances(storage_link& link, instance_store& inner) : link_(link), inner_(inner) {}

  task<void> beat(instance who) override { return link_.pass(inner_.beat(std::move(who))); }
  task<std::vector<instance>> alive() override { return link_.pass(inner_.alive()); }
  task<std::optional<std::chrono::milliseconds>> life_left(model::uuid id) override {
    return link_.pass(inner_.life_left(id));
  }
  task<void> leave(model::uuid id) override { return link_.pass(inner_.leave(id)); }

 private:
  storage_link& link_;
  instance_store& inner_;
};

}  // namespace

storage_link::storage_link(base::clock& clock, storage::backend& inner)
    : clock_(clock),
      inner_(inner),
      clusters_(std::make_unique<linked_clusters>(*this, inner.clusters())),
      runs_(std::make_unique<linked_runs>(*this, inner.runs())),
      segments_(std::make_unique<linked_segments>(*this, inner.segments())),
      leases_(std::make_unique<linked_leases>(*this, *inner.leases())),
      instances_(std::make_unique<linked_instances>(*this, *inner.instances())) {}

storage_link::~storage_link() = default;

}  // namespace helenus::test
