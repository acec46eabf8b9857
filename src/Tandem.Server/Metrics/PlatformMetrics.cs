using Tandem.Cluster;
using Tandem.Cluster.Redis;
using Tandem.Server.Hosting;

namespace Tandem.Server.Metrics;

/// <summary>The numbers of what stands around the exchange: webhooks, the pool of the database, Redis and the other nodes. No label has values that others choose.</summary>
public sealed class PlatformMetrics(ExchangeParts parts) : IMetricSource
{
    private static readonly ClusterStatistics Alone = new(new RedisStatistics(false, 0, 0, 0, 0, 0, default, default, ""), 0, 0, 0, 0);

    /// <inheritdoc/>
    public void Write(PrometheusWriter page)
    {
        WriteWebhooks(page);
        WritePool(page);
        WriteRedis(page);
        WriteNodes(page);
        page.Counter("tandem_untold_faults_total", "Faults of recordings that the log did not take.", parts.Recordings.UntoldFaults);
    }

    private void WriteWebhooks(PrometheusWriter page)
    {
        var webhooks = parts.Webhooks.Statistics();
        page.Gauge("tandem_webhooks", "Webhooks of all tenants.", webhooks.Webhooks);
        page.Gauge("tandem_webhook_leader", "1 on the node that delivers; the queues are counted there.", webhooks.IsLeader ? 1 : 0);
        page.Gauge("tandem_outbox_events", "Events that no webhook has yet.", webhooks.OutboxLength);
        page.Family("tandem_webhook_deliveries", "gauge", "Deliveries that are not done.").Sample(webhooks.Waiting, ("state", "waiting")).Sample(webhooks.InFlight, ("state", "in_flight"));
        page.Family("tandem_webhook_attempts_total", "counter", "Attempts to deliver an event.").Sample(webhooks.Delivered, ("result", "delivered")).Sample(webhooks.FailedAttempts, ("result", "failed"));
        page.Counter("tandem_webhook_dead_letters_total", "Events that were given up.", webhooks.Dead);
        page.Counter("tandem_webhook_dropped_total", "Events that a webhook did not get because too many wait for it.", webhooks.Dropped);
    }

    private void WritePool(PrometheusWriter page)
    {
        var pool = parts.Storage.Database.Pool;
        page.Family("tandem_database_connections", "gauge", "Connections to the database; a limit of 0 is none.").Sample(pool.InUse, ("state", "in_use")).Sample(pool.Limit, ("state", "limit"));
        page.Family("tandem_database_connections_total", "counter", "Times that a connection was asked for.").Sample(pool.Borrowed, ("result", "given")).Sample(pool.Refused, ("result", "refused"));
    }

    private void WriteRedis(PrometheusWriter page)
    {
        var redis = (parts.Cluster.Node?.Statistics() ?? Alone).Redis;
        page.Gauge("tandem_redis_used", "1 where REDIS_URL is set.", parts.Cluster.Node is null ? 0 : 1);
        page.Gauge("tandem_redis_up", "1 while Redis answers; 0 while this node is alone.", redis.IsConnected ? 1 : 0);
        page.Gauge("tandem_redis_queue", "Commands that wait for Redis.", redis.Queue);
        page.Family("tandem_redis_commands_total", "counter", "Commands by what became of them.").Sample(redis.Sent, ("result", "sent")).Sample(redis.Dropped, ("result", "dropped"));
        page.Counter("tandem_redis_connections_total", "Connections that were made.", redis.Connections);
        page.Counter("tandem_redis_answers_total", "Answers of Redis.", redis.Answers);
        page.Counter("tandem_redis_answer_seconds_total", "Time from queueing commands to their answers.", redis.AnswerTime.TotalSeconds);
        page.Gauge("tandem_redis_last_answer_seconds", "The same of the last answer.", redis.LastAnswerTime.TotalSeconds);
    }

    private void WriteNodes(PrometheusWriter page)
    {
        var cluster = parts.Cluster.Node?.Statistics() ?? Alone;
        page.Gauge("tandem_cluster_nodes", "Other nodes that live.", cluster.Nodes);
        page.Gauge("tandem_cluster_registrations", "Registrations at other nodes that this one knows.", cluster.RemoteBindings);
        page.Gauge("tandem_cluster_use_figures", "Figures that other nodes told of their use of limits, one for each tenant and profile of each node.", cluster.RemoteUses);
        page.Counter("tandem_cluster_use_refused_total", "Such figures that found no room (CLUSTER_USE_MAX).", cluster.RefusedUses);
        page.Counter("tandem_cluster_use_skipped_total", "Such figures that could not be read, as of a node with another version.", cluster.SkippedUses);
        page.Counter("tandem_cluster_use_failures_total", "How often this node could not tell what it uses.", cluster.UseFailures);
        page.Counter("tandem_cluster_changes_heard_total", "Changes that other nodes told.", cluster.Heard);
        page.Counter("tandem_cluster_events_dropped_total", "Changes that this node did not tell because too many waited.", cluster.DroppedEvents);
        var edge = parts.Cluster.Edge?.Counters;
        page.Family("tandem_edge_messages_total", "counter", "SIP between other nodes and phones that only this one reaches.")
            .Sample(edge?.ToPhones ?? 0, ("kind", "request_to_phone")).Sample(edge?.ToNodes ?? 0, ("kind", "request_to_node")).Sample(edge?.Responses ?? 0, ("kind", "response"));
        page.Family("tandem_edge_refused_total", "counter", "Messages for which there was no such way.")
            .Sample(edge?.Refused ?? 0, ("reason", "no_proof")).Sample(edge?.FlowsGone ?? 0, ("reason", "flow_gone"));
    }
}
