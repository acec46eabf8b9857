using Tandem.Sip.Messages;
using Tandem.Sip.Overload;
using Tandem.Sip.Parsing;
using Tandem.Sip.Resolution;
using Tandem.Sip.Transactions;

namespace Tandem.Sip.Engine;

/// <summary>What an engine may hold and how it answers for itself.</summary>
public sealed record SipEngineOptions
{
    /// <summary>The options of an installation that sets none.</summary>
    public static readonly SipEngineOptions Default = new();

    /// <summary>The timers of RFC 3261 table 4.</summary>
    public SipTimers Timers { get; init; } = SipTimers.Default;

    /// <summary>How names are resolved, and when the next target is tried (RFC 3263).</summary>
    public ResolutionOptions Resolution { get; init; } = new();

    /// <summary>The limits for reading back what the engine itself has sent.</summary>
    public SipLimits Limits { get; init; } = SipLimits.Default;

    /// <summary>Server transactions of one engine. Default 500,000: 15,000 UDP requests per second stay 32 s each. Beyond: 503 without state.</summary>
    public int MaxServerTransactions { get; init; } = 500_000;

    /// <summary>Client transactions of one engine. Default 500,000. Beyond: the send fails as if the transport had.</summary>
    public int MaxClientTransactions { get; init; } = 500_000;

    /// <summary>Dialogs of one engine. Default 200,000, that is 100,000 calls. Beyond: a new INVITE gets 503.</summary>
    public int MaxDialogs { get; init; } = 200_000;

    /// <summary>Dialogs that the responses to one INVITE may open. Default 16: more forks than any proxy tries at once. 2xx, which are sessions that want to be ended, may open four times as many; what comes beyond is dropped.</summary>
    public int MaxForks { get; init; } = 16;

    /// <summary>Reliable provisional responses that wait for their turn on one INVITE. Default 8.</summary>
    public int MaxWaitingReliable { get; init; } = 8;

    /// <summary>Token characters between the magic cookie and the number of a branch; tells our Via from others'. Default <c>td</c>.</summary>
    public string BranchPrefix { get; init; } = "td";

    /// <summary>Bytes above which a request for UDP goes to TCP (RFC 3261 §18.1.1, path MTU unknown). Default 1,300; 65,535 turns the switch off.</summary>
    public int MaxDatagramRequest { get; init; } = 1_300;

    /// <summary>Send responses to the source port even when the client did not ask for it by rport. Default false, as RFC 3581 §4 has it.</summary>
    public bool ForceRport { get; init; }

    /// <summary>
    /// Send responses to the maddr of a Via (RFC 3261 §18.2.2). Default false: it is meant for multicast, which we do not
    /// use, and lets anyone aim our answers at a third party.
    /// </summary>
    public bool HonorMaddr { get; init; }

    /// <summary>Retry-After of the 503 that a full table is answered with. Default 5 s.</summary>
    public TimeSpan RetryAfterWhenFull { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How many times larger than its request an answer over UDP may be while nobody is authenticated; 0 for no limit. Default 2:
    /// every phone's request leaves room for the challenge, and a forged source address is worth little. An answer that is larger
    /// goes without what the client can do without, or not at all.
    /// </summary>
    public int MaxAmplification { get; init; } = 2;

    /// <summary>When work is refused because there is no time for it.</summary>
    public OverloadOptions Overload { get; init; } = OverloadOptions.Default;

    /// <summary>Methods that reach the user; any other gets 405 with this list as Allow (RFC 3261 §8.2.1).</summary>
    public IReadOnlyList<SipMethod> AllowedMethods { get; init; } =
    [
        SipMethod.Invite,
        SipMethod.Ack,
        SipMethod.Bye,
        SipMethod.Cancel,
        SipMethod.Register,
        SipMethod.Options,
        SipMethod.Prack,
        SipMethod.Update,
        SipMethod.Info,
        SipMethod.Refer,
        SipMethod.Subscribe,
        SipMethod.Publish,
        SipMethod.Message,
    ];

    /// <summary>Event packages that can be subscribed to, for Allow-Events (RFC 6665 §8.2.2). Default: those that the exchange serves.</summary>
    public IReadOnlyList<string> EventPackages { get; init; } =
    [
        "conference",
        "dialog",
        "message-summary",
        "presence",
        "reg",
        "refer",
    ];

    /// <summary>Option tags that Require and Proxy-Require may ask for; any other gets 420 with Unsupported (§8.2.2.3).</summary>
    public IReadOnlyList<string> SupportedOptions { get; init; } =
    [
        "100rel",
        "199",
        "privacy",
        "timer",
        "path",
        "outbound",
        "replaces",
        "tdialog",
        "norefersub",
    ];
}
