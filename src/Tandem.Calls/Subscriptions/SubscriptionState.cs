using Tandem.Sip.Messages;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Subscriptions;

/// <summary>
/// The Subscription-State of a NOTIFY (RFC 6665 §4.1.3, §8.2.3): active with what is left of the subscription, or terminated with
/// a reason and perhaps the seconds after which the watcher may try again.
/// </summary>
public readonly record struct SubscriptionState
{
    private SubscriptionState(bool isActive, int seconds, EndOfSubscription reason)
    {
        IsActive = isActive;
        Seconds = seconds;
        Reason = reason;
    }

    /// <summary>False for terminated.</summary>
    public bool IsActive { get; }

    /// <summary>Active: the seconds that are left. Terminated: retry-after, 0 for none.</summary>
    public int Seconds { get; }

    /// <summary>Why it is terminated; no meaning while active.</summary>
    public EndOfSubscription Reason { get; }

    /// <summary>The subscription lives for <paramref name="seconds"/> more.</summary>
    public static SubscriptionState Active(int seconds) => new(true, Math.Max(0, seconds), default);

    /// <summary>The subscription is over. <paramref name="retryAfter"/> has a meaning for probation and giveup only (§4.1.3).</summary>
    public static SubscriptionState Terminated(EndOfSubscription reason, int retryAfter = 0) => new(false, Math.Max(0, retryAfter), reason);

    /// <summary>Adds the header to a NOTIFY.</summary>
    public void WriteTo(SipWriter notify)
    {
        notify.Begin(HeaderName.SubscriptionState);
        if (IsActive)
        {
            notify.Append("active;expires="u8).Append(Seconds).End();
            return;
        }

        notify.Append("terminated;reason="u8).Append(Text(Reason));
        if (Seconds > 0)
            notify.Append(";retry-after="u8).Append(Seconds);
        notify.End();
    }

    private static ReadOnlySpan<byte> Text(EndOfSubscription reason) => reason switch
    {
        EndOfSubscription.Deactivated => "deactivated"u8,
        EndOfSubscription.Probation => "probation"u8,
        EndOfSubscription.Rejected => "rejected"u8,
        EndOfSubscription.GiveUp => "giveup"u8,
        EndOfSubscription.NoResource => "noresource"u8,
        _ => "timeout"u8,
    };
}
