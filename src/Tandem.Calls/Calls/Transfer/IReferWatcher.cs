namespace Tandem.Calls.Calls.Transfer;

/// <summary>Who asked for a transfer and wants to hear how it goes (RFC 3515 §2.4.4).</summary>
internal interface IReferWatcher
{
    /// <summary>The status of the new call's INVITE now; after the final one nothing more is told.</summary>
    void Tell(int status, bool isFinal);

    /// <summary>Runs <paramref name="then"/> on this shard when the last news has arrived, or cannot arrive any more.</summary>
    void WhenDelivered(Action then);
}
