// Against JmxTestServer.java, which answers everything a client may meet and misbehaves on request.
#include "base/task_group.h"
#include "jmx/errc.h"
#include "jmx/notification_stream.h"
#include "real_server.h"

#include <chrono>
#include <map>
#include <set>
#include <utility>
#include <variant>
#include <vector>

namespace helenus::jmx {
namespace {

using namespace std::chrono_literals;

const object_name samples = object_name::literal("helenus.test:type=Samples");
const object_name trouble = object_name::literal("helenus.test:type=Trouble");
const object_name noise = object_name::literal("helenus.test:type=Noise");

class java_server_test : public real_server_test {
 protected:
  void SetUp() override {
    real_server_test::SetUp();
    if (IsSkipped()) return;
    if (!variable("HELENUS_TEST_JMX_IS_JAVA")) GTEST_SKIP() << "not JmxTestServer";
    server = connect();
    ASSERT_TRUE(server);
  }
  void TearDown() override {
    if (server) run(server->close());
  }

  result<value> invoke(const object_name& mbean, std::string operation,
                       std::vector<calls::parameter> parameters = {}, call_options how = {}) {
    return run(server->invoke(mbean, std::move(operation), std::move(parameters), how));
  }
  result<value> sample(const std::string& name) {
    return invoke(samples, "sample", {{"java.lang.String", name}});
  }
  void emit(int count) { ASSERT_TRUE(invoke(noise, "emit", {{"int", count}})); }
  /// The session still works.
  void expect_alive() { EXPECT_EQ(*run(server->default_domain()), "DefaultDomain"); }
  void expect_failure(const std::string& kind, boost::system::error_code code,
                      const std::string& words) {
    const auto failed = invoke(trouble, "fail", {{"java.lang.String", kind}});
    ASSERT_FALSE(failed) << kind;
    EXPECT_EQ(failed.error().code, code) << kind << ": " << failed.error().message();
    EXPECT_NE(failed.error().message().find(words), std::string::npos) << failed.error().message();
    expect_alive();
  }

  /// How many notifications come, and how many are said to be lost, until `total` are accounted
  /// for.
  struct counted {
    std::int64_t got = 0;
    std::int64_t lost = 0;
    std::vector<std::int64_t> numbers;
  };
  task<counted> count(notification_stream& stream, std::int64_t total) {
    counted sum;
    while (sum.got + sum.lost < total) {
      auto waiting = base::with_timeout(clock, stream.next(), 20s, "a notification");
      CO_TRY(item, co_await std::move(waiting));
      if (const auto* gap = std::get_if<notifications_lost>(&item)) {
        sum.lost += gap->count;
      } else {
        ++sum.got;
        sum.numbers.push_back(std::get<notification>(item).number);
      }
    }
    co_return sum;
  }

  std::unique_ptr<client> server;
};

TEST_F(java_server_test, every_sample_can_be_read) {
  const auto names = run(server->get_attribute(samples, "Names"))->as_strings();
  ASSERT_TRUE(names);
  EXPECT_GT(names->size(), 50u);
  for (const auto& name : *names) {
    const auto got = sample(name);
    if (name == "duration" || name == "instant") {
      // Either is read or refused in whole: java.time writes without frames.
      continue;
    }
    EXPECT_TRUE(got) << name << ": " << got.error().message();
    if (got) EXPECT_FALSE(describe(*got).empty()) << name;
  }
  expect_alive();
}

TEST_F(java_server_test, samples_have_their_values) {
  EXPECT_TRUE(sample("null")->is_null());
  EXPECT_EQ(*sample("int")->as_int(), -3);
  EXPECT_EQ(*sample("long")->as_long(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(*sample("string")->as_string(), std::string("\0 ä € 😀", 13));
  EXPECT_EQ(sample("long string")->as_string()->size(), 70'000u);
  EXPECT_EQ(*sample("big integer")->as_decimal(), "170141183460469231731687303715884105728");
  EXPECT_EQ(*sample("ipv4")->as_address(), "10.0.0.1");
  EXPECT_EQ(*sample("ipv6")->as_address(), "2001:db8::1");
  EXPECT_EQ(*sample("enum")->as_enum(), "RED");
  for (const auto* list :
       {"array list", "linked list", "list of", "arrays list", "vector", "unmodifiable list",
        "synchronized list", "copy on write list", "array deque", "string array"}) {
    EXPECT_EQ(*sample(list)->as_strings(), (std::vector<std::string>{"a", "b"})) << list;
  }
  for (const auto* map : {"hash map", "linked hash map", "tree map", "map of", "concurrent map",
                          "unmodifiable map", "singleton map", "hashtable", "properties"}) {
    EXPECT_EQ(*sample(map)->as_string_map(), (std::map<std::string, std::string>{{"k", "v"}}))
        << map;
  }
  EXPECT_EQ(sample("many values")->entries()->size(), 5'000u);
  EXPECT_EQ(read_rows(*sample("table"))->front().item("count")->as_long().value(), 7);
}

TEST_F(java_server_test, what_we_write_is_what_java_reads) {
  const auto type_of = [&](argument sent) {
    return *invoke(samples, "typeOf", {{"java.lang.Object", std::move(sent)}})->as_string();
  };
  EXPECT_EQ(type_of({}), "null");
  EXPECT_EQ(type_of(true), "java.lang.Boolean");
  EXPECT_EQ(type_of(std::int32_t{1}), "java.lang.Integer");
  EXPECT_EQ(type_of(std::int64_t{1}), "java.lang.Long");
  EXPECT_EQ(type_of(1.5), "java.lang.Double");
  EXPECT_EQ(type_of("text"), "java.lang.String");
  EXPECT_EQ(type_of(std::vector<std::string>{"a"}), "[Ljava.lang.String;");
  EXPECT_EQ(type_of(argument::array({"a"})), "[Ljava.lang.Object;");
  EXPECT_EQ(type_of(argument::list({"a"})), "java.util.ArrayList");
  EXPECT_EQ(type_of(argument::set({"a"})), "java.util.HashSet");
  EXPECT_EQ(type_of(argument::map({{"k", "v"}})), "java.util.HashMap");

  std::map<std::string, std::string> many;
  for (int i = 0; i < 1000; ++i) many["key" + std::to_string(i)] = std::string(100, 'v');
  const auto echoed = invoke(samples, "echo", {{"java.lang.Object", argument::map_of(many)}});
  EXPECT_EQ(*echoed->as_string_map(), many);
  const std::string text = std::string(70'000, 'x') + std::string("\0ä😀", 7);
  EXPECT_EQ(*invoke(samples, "echo", {{"java.lang.Object", text}})->as_string(), text);
}

TEST_F(java_server_test, attributes_can_be_set_and_described) {
  ASSERT_TRUE(run(server->set_attribute(samples, "Level", std::int32_t{7})));
  ASSERT_TRUE(run(server->set_attribute(samples, "Text", "word")));
  const auto both = run(server->get_attributes(samples, {"Level", "Text", "NoSuch"}));
  ASSERT_EQ(both->size(), 2u);
  EXPECT_EQ(*both->front().second.as_int(), 7);
  const auto info = run(server->get_mbean_info(samples));
  ASSERT_TRUE(info) << info.error().message();
  EXPECT_TRUE(info->has_attribute("Level"));
  EXPECT_TRUE(info->has_operation("echo"));
  EXPECT_EQ(run(server->query_names(object_name::literal("helenus.test:*")))->size(), 3u);
  EXPECT_TRUE(*run(server->is_registered(noise)));
  EXPECT_FALSE(*run(server->is_registered(object_name::literal("helenus.test:type=None"))));
}

TEST_F(java_server_test, exceptions_of_each_kind_are_told_and_harm_nothing) {
  expect_failure("checked", errc::remote_exception, "java.io.IOException: a checked one");
  expect_failure("unchecked", errc::remote_exception, "IllegalArgumentException: an unchecked one");
  expect_failure("error", errc::remote_exception, "an error");
  expect_failure("denied", errc::access_denied, "Access Denied");
  expect_failure("deep", errc::remote_exception, "");
  expect_failure("long", errc::remote_exception, "xxx");
  expect_failure("control", errc::remote_exception, "red");
  EXPECT_EQ(run(server->get_attribute(trouble, "Broken")).error().code, errc::remote_exception);
  EXPECT_EQ(run(server->get_attribute(trouble, "NoSuch")).error().code, errc::remote_exception);
  const auto none = object_name::literal("helenus.test:type=None");
  EXPECT_EQ(run(server->get_attribute(none, "A")).error().code, errc::no_such_mbean);
  EXPECT_EQ(invoke(trouble, "noSuchOperation").error().code, errc::remote_exception);
  EXPECT_EQ(invoke(trouble, "fail", {{"int", 1}}).error().code, errc::remote_exception);
  expect_alive();
}

TEST_F(java_server_test, an_answer_that_breaks_off_is_an_exception_and_the_session_goes_on) {
  for (const auto* operation : {"unserializable", "halfUnserializable"}) {
    const auto broken = invoke(trouble, operation);
    ASSERT_FALSE(broken) << operation;
    EXPECT_EQ(broken.error().code, errc::remote_exception) << broken.error().message();
    expect_alive();
  }
}

TEST_F(java_server_test, answers_beyond_the_limits_are_refused_and_the_session_goes_on) {
  auto small = options();
  small.answer_bytes = std::size_t{1} << 20;
  run(server->close());
  server = connect(small);
  ASSERT_TRUE(server);
  EXPECT_TRUE(invoke(trouble, "big", {{"int", 1'000'000}}));
  const auto big = invoke(trouble, "big", {{"int", 8'000'000}});
  ASSERT_FALSE(big);
  EXPECT_EQ(big.error().code, errc::limit_exceeded) << big.error().message();
  expect_alive();
  const auto deep = invoke(trouble, "deep", {{"int", 500}});
  ASSERT_FALSE(deep);
  EXPECT_EQ(deep.error().code, errc::limit_exceeded) << deep.error().message();
  expect_alive();
}

TEST_F(java_server_test, a_slow_operation_times_out_and_the_session_goes_on) {
  const call_options hasty{.timeout = 200ms, .slow = false};
  const auto slow = invoke(trouble, "sleep", {{"long", std::int64_t{3'000}}}, hasty);
  ASSERT_FALSE(slow);
  EXPECT_EQ(slow.error().code, errc::call_timed_out) << slow.error().message();
  expect_alive();
}

TEST_F(java_server_test, many_callers_at_once_get_their_own_answers) {
  const auto one = [](client& node, std::int32_t number) -> task<void> {
    std::vector<calls::parameter> parameters{{"java.lang.Object", argument(number)}};
    CO_TRY(echoed, co_await node.invoke(samples, "echo", std::move(parameters)));
    EXPECT_EQ(*echoed.as_int(), number);
    co_return result<void>{};
  };
  const auto all = [&]() -> task<void> {
    base::task_group group(context.get_executor());
    for (int i = 0; i < 500; ++i) group.spawn("call", one(*server, i));
    co_return co_await group.join();
  };
  EXPECT_TRUE(run(all()));
}

TEST_F(java_server_test, notifications_come_in_order_and_without_loss) {
  const auto stream = run(server->listen({noise}));
  ASSERT_TRUE(stream) << stream.error().message();
  ASSERT_TRUE(invoke(noise, "emitLater", {{"int", 300}, {"int", 1}}));
  const auto seen = run(count(**stream, 300));
  ASSERT_TRUE(seen) << seen.error().message();
  EXPECT_EQ(seen->lost, 0);
  for (std::size_t i = 1; i < seen->numbers.size(); ++i) {
    ASSERT_EQ(seen->numbers[i], seen->numbers[i - 1] + 1);
  }
  run((*stream)->close());
}

TEST_F(java_server_test, what_the_server_dropped_is_said_to_be_lost) {
  const auto stream = run(server->listen({noise}));
  ASSERT_TRUE(stream);
  emit(3'000);
  const auto seen = run(count(**stream, 3'000));
  ASSERT_TRUE(seen) << seen.error().message();
  EXPECT_EQ(seen->lost, 2'000);  // the server keeps a thousand
  EXPECT_EQ(seen->got, 1'000);
  emit(1);
  EXPECT_EQ(run(count(**stream, 1))->lost, 0);
  run((*stream)->close());
}

TEST_F(java_server_test, an_event_that_cannot_be_sent_is_lost_alone) {
  const auto stream = run(server->listen({noise}));
  ASSERT_TRUE(stream);
  emit(2);
  ASSERT_TRUE(invoke(noise, "emitUnserializable"));
  emit(2);
  const auto seen = run(count(**stream, 5));
  ASSERT_TRUE(seen) << seen.error().message();
  EXPECT_EQ(seen->got, 4);
  EXPECT_EQ(seen->lost, 1);
  run((*stream)->close());
}

TEST_F(java_server_test, a_later_session_can_resume_where_the_first_ended) {
  auto stream = run(server->listen({noise}));
  ASSERT_TRUE(stream);
  emit(1);
  ASSERT_TRUE(run(count(**stream, 1)));
  const auto next = (*stream)->next_sequence();
  stream->reset();  // as in a crash: no goodbye
  run(server->close());
  server = connect();
  emit(5);
  const auto again = run(server->listen({noise}, next));
  ASSERT_TRUE(again) << again.error().message();
  const auto seen = run(count(**again, 5));
  ASSERT_TRUE(seen) << seen.error().message();
  EXPECT_EQ(seen->got, 5);
  run((*again)->close());
}

TEST_F(java_server_test, a_wait_for_notifications_can_be_cut_short_without_loss) {
  const auto stream = run(server->listen({noise}));
  ASSERT_TRUE(stream);
  for (int i = 0; i < 3; ++i) {
    auto waiting = base::with_timeout(clock, (*stream)->next(), 50ms, "nothing");
    EXPECT_FALSE(run(std::move(waiting)));
  }
  emit(3);
  EXPECT_EQ(run(count(**stream, 3))->lost, 0);
  run((*stream)->close());
}

TEST_F(java_server_test, wrong_passwords_are_refused_and_asked_for) {
  if (!variable("HELENUS_TEST_JMX_USER")) GTEST_SKIP() << "the server asks for no password";
  auto wrong = options();
  wrong.login->password = base::secret("wrong");
  EXPECT_EQ(run(client::connect(clock, wrong)).error().code, errc::authentication_failed);
  wrong.login.reset();
  EXPECT_EQ(run(client::connect(clock, wrong)).error().code, errc::authentication_failed);
}

TEST_F(java_server_test, tls_and_plain_do_not_mix) {
  auto other = options();
  if (other.tls) {
    other.tls.reset();
    const auto refused = run(client::connect(clock, other));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, errc::not_jmx) << refused.error().message();
  } else {
    net::tls_client_options trusting;
    trusting.verification = net::tls_verification::none;
    other.tls = *net::tls_context::load(trusting);
    const auto refused = run(client::connect(clock, other));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, errc::tls_failed) << refused.error().message();
  }
}

TEST_F(java_server_test, a_certificate_is_wanted_where_the_server_wants_one) {
  const auto ca = variable("HELENUS_TEST_JMX_CA");
  if (!ca || !variable("HELENUS_TEST_JMX_CERTIFICATE")) GTEST_SKIP() << "not asked for here";
  auto without = options();
  net::tls_client_options trusting;
  trusting.ca_file = *ca;
  trusting.verification = net::tls_verification::chain;
  without.tls = *net::tls_context::load(trusting);
  const auto refused = run(client::connect(clock, without));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::tls_failed) << refused.error().message();
}

TEST_F(java_server_test, the_session_outlives_the_idle_limit_only_when_watched) {
  if (!variable("HELENUS_TEST_JMX_IDLE_LIMIT")) GTEST_SKIP() << "the limit is two minutes";
  auto quick = options();
  quick.timeouts.keep_alive = 300ms;
  const auto watched = connect(quick);
  const auto unwatched = connect();
  ASSERT_TRUE(watched && unwatched);
  auto watching = base::with_timeout(clock, watched->watch(), 9s, "the end");
  EXPECT_EQ(run(std::move(watching)).error().code, base::errc::timed_out);
  EXPECT_TRUE(watched->is_open());
  EXPECT_TRUE(run(watched->default_domain()));
  const auto forgotten = run(unwatched->default_domain());
  ASSERT_FALSE(forgotten);
  EXPECT_EQ(forgotten.error().code, errc::closed) << forgotten.error().message();
  EXPECT_FALSE(unwatched->is_open());
  run(watched->close());
}

/// The last one, as it ends the server.
TEST_F(java_server_test, zz_a_server_that_dies_is_noticed_at_once_by_everybody) {
  const auto stream = run(server->listen({noise}));
  ASSERT_TRUE(stream);
  const auto begin = clock.now();
  const auto all = [&]() -> task<void> {
    base::task_group group(context.get_executor());
    const auto expect_closed = [](task<value> call) -> task<void> {
      const auto ended = co_await std::move(call);
      EXPECT_FALSE(ended);
      if (!ended) EXPECT_EQ(ended.error().code, errc::closed) << ended.error().message();
      co_return result<void>{};
    };
    const auto listen = [](notification_stream& events) -> task<void> {
      const auto ended = co_await events.next();
      EXPECT_FALSE(ended);
      co_return result<void>{};
    };
    const auto watch = [](client& node) -> task<void> {
      const auto ended = co_await node.watch();
      EXPECT_EQ(ended.error().code, errc::closed);
      co_return result<void>{};
    };
    group.spawn("watch", watch(*server));
    group.spawn("listen", listen(**stream));
    group.spawn("call",
                expect_closed(server->invoke(trouble, "sleep", {{"long", std::int64_t{60'000}}})));
    co_await clock.sleep_for(200ms);
    group.spawn("last", expect_closed(server->invoke(trouble, "die")));
    co_return co_await group.join();
  };
  EXPECT_TRUE(run(all()));
  EXPECT_LT(clock.now() - begin, 5s);
  EXPECT_FALSE(server->is_open());
}

}  // namespace
}  // namespace helenus::jmx
