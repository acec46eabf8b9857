using Tandem.Calls.Queues;
using Tandem.Core.Time;

namespace Tandem.Server.Metrics;

/// <summary>The queues of this node as numbers: all tenants and queues together, for both have no bound. A single queue is shown by the API and told by events.</summary>
public static class QueueMetrics
{
    public static void Write(PrometheusWriter page, QueueDesk desk, Moment now)
    {
        var all = desk.Figures(now);
        page.Gauge("tandem_queues", "Queues of callers.", all.Count);
        page.Gauge("tandem_queue_waiting", "Callers who wait in queues.", all.Sum(queue => queue.Waiting));
        page.Gauge("tandem_queue_longest_wait_seconds", "How long the one who has waited longest has.", all.Count == 0 ? 0 : all.Max(queue => queue.Longest.TotalSeconds));
        page.Family("tandem_queue_members", "gauge", "Members of queues by what they do; who is in two queues counts twice.")
            .Sample(all.Sum(queue => queue.Free), ("state", "free")).Sample(all.Sum(queue => queue.Ringing), ("state", "ringing")).Sample(all.Sum(queue => queue.Talking), ("state", "talking"))
            .Sample(all.Sum(queue => queue.WrapUp), ("state", "wrap_up")).Sample(all.Sum(queue => queue.Paused), ("state", "paused"));
        page.Family("tandem_queue_last_hour", "gauge", "Callers of queues in the last hour by what came of them.")
            .Sample(all.Sum(queue => queue.Joined), ("outcome", "joined")).Sample(all.Sum(queue => queue.Answered), ("outcome", "answered"))
            .Sample(all.Sum(queue => queue.InTime), ("outcome", "answered_in_time")).Sample(all.Sum(queue => queue.Abandoned), ("outcome", "abandoned"))
            .Sample(all.Sum(queue => queue.Overflowed), ("outcome", "overflowed"));
    }
}
