using Tandem.Media.Relay;

namespace Tandem.Media.Transport;

/// <summary>
/// Reads ahead what the packets of a round will need. With many calls a packet finds nothing of its own in the caches of the processor: sockets,
/// plans, counters, keys and windows lie behind one another, and each is waited for in turn. Read for some packets at once, step by step along that
/// way, the waits of one packet pass beside those of the others. It changes nothing, and whatever is not there is passed over.
/// </summary>
internal static class RoundTouch
{
    /// <summary>Steps along the way of a packet; each goes a little further, over what the steps before it have brought near.</summary>
    public const int Steps = 5;

    /// <summary>Steps to the keys of both sides, which come behind the others where anybody has some.</summary>
    public const int KeySteps = 4;

    /// <summary>Packets whose ways are walked side by side: about as many as the processor waits for at once, and some 40 kB of what they need.</summary>
    public const int Group = 16;

    /// <summary>One step for a packet that came for <paramref name="component"/>.</summary>
    /// <returns>Something of what was read, so that reading it is not left out.</returns>
    public static long Step(int step, TransportComponent component) => step switch
    {
        0 => component.Touch(),
        1 => component.Transport.Touch() ^ (component.Srtp is { HasKeys: true } ? 1 : 0),
        2 => component.Transport.Only is { } leg ? leg.Touch() ^ leg.Other.Touch() : 0,
        3 => component.Transport.Only is { } leg ? From(leg) ^ Toward(leg.Other) : 0,
        _ => component.Transport.Only is { Other.Transport.Rtp: { } way } ? (way.Socket?.Slot ?? 0) ^ (way.Srtp is { HasKeys: true } ? 1 : 0) : 0,
    };

    /// <summary>One step to the keys of a packet that came for <paramref name="component"/>.</summary>
    /// <inheritdoc cref="Step"/>
    public static long KeyStep(int step, TransportComponent component) =>
        (component.Srtp?.Touch(outbound: false, step) ?? 0) ^ (component.Transport.Only is { Other.Transport.Rtp.Srtp: { } way } ? way.Touch(outbound: true, step) : 0);

    /// <summary>Whether a packet that came for <paramref name="component"/> is to be decrypted or encrypted.</summary>
    public static bool HasKeys(TransportComponent component) => component.Srtp is not null || component.Transport.Only is { Other.Transport.Rtp.Srtp: not null };

    private static long From(LineLeg leg) => leg.Statistics.Touch() ^ (leg.Plan is { } plan ? plan.Payloads.ClockRate(0) ^ (plan.Payloads.Contains(0) ? 1 : 0) : 0);

    private static long Toward(LineLeg leg) => (leg.Plan is { Receives: true } ? 1 : 0) ^ (leg.Transport is { } transport ? transport.Touch() ^ transport.Rtp.Touch() : 0);
}
