using System.Globalization;
using System.Text;
using Tandem.Calls.Mailboxes;

namespace Tandem.Calls.Subscriptions.Packages;

/// <summary>Waiting messages of an extension (RFC 3842). An extension sees its own mailbox only.</summary>
internal sealed class MessageSummaryPackage(Notifier notifier, MailboxTable mailboxes, SubscriptionOptions options)
    : EventPackage("message-summary", "application/simple-message-summary", WatchedStates.Mailbox, options.NotifyInterval)
{
    public override bool MayWatch(string watcher, string number) => watcher == number;

    public override byte[] Compose(Subscription subscription)
    {
        var resource = subscription.Resource;
        var counts = mailboxes.Find(resource.Tenant, resource.Number);
        var account = notifier.AddressOf(resource.Tenant, resource.Number, subscription.Flow);
        return Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"Messages-Waiting: {(counts.New > 0 ? "yes" : "no")}\r\nMessage-Account: {account}\r\nVoice-Message: {counts.New}/{counts.Old} ({counts.NewUrgent}/{counts.OldUrgent})\r\n"));
    }
}
