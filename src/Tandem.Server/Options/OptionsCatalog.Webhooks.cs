using Tandem.Server.Options.Kinds;

namespace Tandem.Server.Options;

public static partial class OptionsCatalog
{
    private const string Webhooks = "Webhooks";

    private static void AddWebhooks(List<Setting> list)
    {
        list.Add(Webhooks, "WEBHOOK_ALLOW_PRIVATE", o => o.Webhooks.AllowPrivate, PrefixListKind.Instance,
            "Private networks that webhooks may lead to, for example 10.1.0.0/16. None: a tenant must not reach what stands beside the server.", main: true);
        list.Add(Webhooks, "WEBHOOKS_PER_TENANT", o => o.Webhooks.MaximumPerTenant, Count(0, 10_000, "webhooks"), "Webhooks that a tenant may have.");
        list.Add(Webhooks, "WEBHOOK_CONCURRENCY", o => o.Webhooks.Concurrency, Count(1, 1_000, "deliveries"), "Deliveries to one webhook at the same time: a slow receiver must not take all.");
        list.Add(Webhooks, "WEBHOOK_TOTAL", o => o.Webhooks.TotalConcurrency, Count(1, 10_000, "deliveries"), "Deliveries of the node at the same time; a tenant has a quarter of them at most.");
        list.Add(Webhooks, "WEBHOOK_TIMEOUT", o => o.Webhooks.Timeout, Seconds(1, 300), "How long one attempt may take, the connection included: what Standard Webhooks advises.");
        list.Add(Webhooks, "WEBHOOK_RETRY_MIN", o => o.Webhooks.RetryMinimum, Seconds(0.01, 3_600), "The pause after the first failed attempt; it grows fourfold each time, give or take a fifth.");
        list.Add(Webhooks, "WEBHOOK_RETRY_MAX", o => o.Webhooks.RetryMaximum, Seconds(0.01, 604_800), "The longest pause between attempts.");
        list.Add(Webhooks, "WEBHOOK_ATTEMPTS", o => o.Webhooks.Attempts, Count(1, 1_000, "attempts"), "Attempts before an event becomes a dead letter: about four days.");
        list.Add(Webhooks, "WEBHOOK_QUEUE", o => o.Webhooks.QueueLimit, Count(1, 100_000_000, "events"), "Events that may wait for one webhook; more are left out for it and counted.");
        list.Add(Webhooks, "OUTBOX_MAX", o => o.Webhooks.OutboxLimit, Count(1, 1_000_000_000, "events"), "Events in the outbox beyond which only call.ended is still taken.");
        list.Add(Webhooks, "WEBHOOK_KEEP", o => o.Webhooks.KeepDelivered, Seconds(0, 31_536_000), "How long delivered events are kept to be looked at.");
        list.Add(Webhooks, "WEBHOOK_KEEP_DEAD", o => o.Webhooks.KeepDead, Seconds(0, 31_536_000), "How long dead letters are kept.");
        list.Add(Webhooks, "WEBHOOK_SECRET_OVERLAP", o => o.Webhooks.SecretOverlap, Seconds(0, 31_536_000), "How long the secret before a rotation is signed with as well.");
        list.Add(Webhooks, "WEBHOOK_POLL", o => o.Webhooks.PollInterval, Milliseconds(50, 60_000), "How often what other nodes did is looked for: their events and changed webhooks.");
    }
}
