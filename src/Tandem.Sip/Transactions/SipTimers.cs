namespace Tandem.Sip.Transactions;

/// <summary>The timer values of RFC 3261 table 4 and RFC 6026, as a value of the engine's options.</summary>
public sealed record SipTimers
{
    /// <summary>The values of RFC 3261 table 4.</summary>
    public static readonly SipTimers Default = new();

    /// <summary>Estimate of the round-trip time. Default 500 ms (RFC 3261 §17.1.1.1).</summary>
    public TimeSpan T1 { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest interval between retransmissions of non-INVITE requests and of final responses to INVITE. Default 4 s.</summary>
    public TimeSpan T2 { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long a message may stay in the network. Default 5 s.</summary>
    public TimeSpan T4 { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an INVITE client transaction on an unreliable transport waits for repeated final responses. Default 32 s, the least that RFC 3261 allows.</summary>
    public TimeSpan TimerD { get; init; } = TimeSpan.FromSeconds(32);

    /// <summary>An INVITE without any response after this time gets 100 from the transaction itself. Default 200 ms (RFC 3261 §17.2.1).</summary>
    public TimeSpan TryingDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>64*T1: timers B, F, H, J, L and M, and the wait for an ACK or a PRACK.</summary>
    public TimeSpan Timeout => 64 * T1;

    /// <summary>How long <paramref name="timer"/> runs.</summary>
    public TimeSpan Of(SipTimer timer, bool reliable) => timer switch
    {
        SipTimer.B or SipTimer.F or SipTimer.H or SipTimer.L or SipTimer.M or SipTimer.Abandon => Timeout,
        SipTimer.D => reliable ? TimeSpan.Zero : TimerD,
        SipTimer.I or SipTimer.K => reliable ? TimeSpan.Zero : T4,
        SipTimer.J => reliable ? TimeSpan.Zero : Timeout,
        _ => throw new ArgumentOutOfRangeException(nameof(timer), timer, "not a timer that runs"),
    };
}
