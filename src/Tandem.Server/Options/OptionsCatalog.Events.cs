using Tandem.Server.Options.Kinds;

namespace Tandem.Server.Options;

public static partial class OptionsCatalog
{
    private const string Lamps = "Lamps, presence and messages";

    private static void AddEvents(List<Setting> list)
    {
        list.Add(Lamps, "SUBSCRIPTION_TIMEOUT", o => o.Subscriptions.DefaultExpiresSeconds, Seconds(1, 31_536_000), "The lifetime of a subscription or publication that asks for none.");
        list.Add(Lamps, "SUBSCRIPTION_MIN", o => o.Subscriptions.MinExpiresSeconds, Seconds(1, 3_600), "A shorter lifetime is answered with 423 and this one.");
        list.Add(Lamps, "SUBSCRIPTION_MAX", o => o.Subscriptions.MaxExpiresSeconds, Seconds(1, 31_536_000), "A longer wish is granted with this lifetime.");
        list.Add(Lamps, "NOTIFY_INTERVAL", o => o.Subscriptions.NotifyInterval, Milliseconds(0, 60_000), "Between two NOTIFYs about calls or messages to one phone (RFC 4235 §3.10, RFC 3842 §3.11); what happens in between is told together.");
        list.Add(Lamps, "NOTIFY_SLOW_INTERVAL", o => o.Subscriptions.SlowNotifyInterval, Milliseconds(0, 60_000), "The same about presence and registrations (RFC 3856 §6.10, RFC 3680 §4.10).");
        list.Add(Lamps, "LAMPS_SHOW_PARTIES", o => o.Subscriptions.ShowParties, SwitchKind.Instance,
            "true: who watches another extension's calls sees with whom it talks. false: only that it rings or talks, as RFC 4235 §3.6 recommends; callers who want privacy are never named.", main: true);
        list.Add(Lamps, "SUBSCRIPTION_MAX_PER_SHARD", o => o.Subscriptions.MaxPerShard, Count(1, 1_000_000, "subscriptions"), "Subscriptions of one SIP shard; above it a new one gets 503.");
        list.Add(Lamps, "SUBSCRIPTION_MAX_PER_EXTENSION", o => o.Subscriptions.MaxPerExtension, Count(1, 100_000, "subscriptions"), "Subscriptions of one extension; above it 403. Ten phones with fifty keys each.");
        list.Add(Lamps, "SUBSCRIPTION_MAX_PER_SOURCE", o => o.Subscriptions.MaxPerSource, Count(1, 1_000_000, "subscriptions"), "Subscriptions from one address; above it 403. An office behind one address has many.");
        list.Add(Lamps, "NOTIFY_MAX_IN_FLIGHT", o => o.Subscriptions.MaxNotifiesInFlight, Count(1, 100_000, "requests"), "NOTIFYs of one shard that may wait for an answer; the others wait for their turn.");
        list.Add(Lamps, "NOTIFY_MAX_FAILURES", o => o.Subscriptions.MaxNotifyFailures, Count(1, 1_000, "failures"), "Refused NOTIFYs in a row after which a subscription is dropped.");
        list.Add(Lamps, "NOTIFY_MAX_RETRY_AFTER", o => o.Subscriptions.MaxRetryAfterSeconds, Count(0, 86_400, "s"), "The longest Retry-After of a phone that is granted.");
        list.Add(Lamps, "LAMPS_MAX_CALLS", o => o.Subscriptions.MaxDialogsInDocument, Count(1, 64, "calls"), "Calls of one extension that a document lists.");
        list.Add(Lamps, "PUBLISH_MAX", o => o.Subscriptions.MaxPublications, Count(1, 100, "documents"), "Published documents of one extension (RFC 3903); above it 403.");
        list.Add(Lamps, "PUBLISH_MAX_BODY", o => o.Subscriptions.MaxDocumentBytes, new SizeKind(256, 65_536), "A larger document is answered with 413.");
        list.Add(Lamps, "PUBLISH_MAX_DEPTH", o => o.Subscriptions.MaxDocumentDepth, Count(4, 64, "elements"), "A document that is nested deeper is answered with 400.");
        list.Add(Lamps, "MESSAGE_MAX_BODY_UDP", o => o.Messages.MaxDatagramBodyBytes, new SizeKind(1, 65_535), "The body of a MESSAGE over UDP; a larger one is answered with 413 (RFC 3428 §8).");
        list.Add(Lamps, "MESSAGE_MAX_BODY", o => o.Messages.MaxBodyBytes, new SizeKind(1, 1_048_576), "The body of a MESSAGE over TCP, TLS or WebSocket.");
        list.Add(Lamps, "MESSAGE_RATE", o => o.Messages.MaxPerMinute, Count(0, 1_000_000, "messages per minute"), "What one extension may send; more gets 503. 0 for no limit.", main: true);
        list.Add(Lamps, "MESSAGE_TIMEOUT", o => o.Messages.DeliveryTimeout, Milliseconds(1_000, 30_000), "From the MESSAGE to the verdict that nobody answered; before the sender's own 32 s are over (RFC 4320).");
        list.Add(Lamps, "MESSAGE_TRYING", o => o.Messages.TryingAfter, Milliseconds(0, 30_000), "After this time 100 goes to the sender, so that it stops repeating itself (RFC 4320 §4.1).");
        list.Add(Lamps, "MESSAGE_MAX_WAITING", o => o.Messages.MaxWaitingPerContact, Count(0, 1_000, "messages"), "Messages that wait for one phone, which gets one at a time (RFC 3428 §8).");
        list.Add(Lamps, "MESSAGE_MAX_UNDER_WAY", o => o.Messages.MaxUnderWay, Count(1, 1_000_000, "messages"), "Messages on their way on one shard; more get 503.");
    }
}
