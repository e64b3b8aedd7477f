#pragma once

#include "base/clock.h"
#include "base/task.h"
#include "jmx/client.h"
#include "jmx/errc.h"
#include "jmx/notification_stream.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <variant>

namespace helenus::test {

/// A session with a Cassandra node that uses everything a repair uses: login, reads, an exception,
/// a repair command with its notifications, goodbye. Recorded from real nodes by the integration
/// test and replayed by the unit test: change both or none. It takes exactly the same steps each
/// time.
inline task<void> recorded_session(base::clock& clock, jmx::client_options options,
                                   jmx::stream_opener open) {
  const auto service = jmx::object_name::literal("org.apache.cassandra.db:type=StorageService");
  options.call_sockets = 1;
  CO_TRY(node, co_await jmx::client::connect(clock, options, open));
  CO_TRY(attributes,
         co_await node->get_attributes(service, {"ClusterName", "ReleaseVersion", "Nonsense"}));
  EXPECT_EQ(attributes.size(), 2u);
  CO_TRY(registered, co_await node->is_registered(service));
  EXPECT_TRUE(registered);
  const auto pattern = jmx::object_name::literal("org.apache.cassandra.db:type=Storage*");
  CO_TRY(names, co_await node->query_names(pattern));
  EXPECT_FALSE(names.empty());
  const auto refused = co_await node->invoke(service, "noSuchOperation");
  if (!refused && refused.error().code != jmx::errc::remote_exception) co_return refused.error();
  EXPECT_FALSE(refused);

  CO_TRY(stream, co_await node->listen({service}));
  const auto options_of_repair = jmx::argument::map_of({{"incremental", "false"}});
  CO_TRY(started, co_await node->invoke(service, "repairAsync",
                                        {{"java.lang.String", "system_traces"},
                                         {"java.util.Map", options_of_repair}}));
  CO_TRY(command, started.as_int());
  EXPECT_GT(command, 0);
  constexpr int complete = 5;  // the place of COMPLETE in Cassandra's ProgressEventType
  for (bool completed = false; !completed;) {
    CO_TRY(item, co_await stream->next());
    const auto* event = std::get_if<jmx::notification>(&item);
    if (!event || event->source != "repair:" + std::to_string(command)) continue;
    CO_TRY(progress, event->user_data.entries());
    for (const auto& [key, number] : progress) {
      CO_TRY(name, key.as_string());
      CO_TRY(count, number.as_int());
      if (name == "type" && count == complete) completed = true;
    }
  }
  co_await stream->close();
  co_await node->close();
  co_return result<void>{};
}

}  // namespace helenus::test
