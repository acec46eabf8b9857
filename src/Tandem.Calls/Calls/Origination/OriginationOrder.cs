using Tandem.Calls.Routing;

namespace Tandem.Calls.Calls.Origination;

/// <summary>A call that a program wants: somebody is rung first, and connected onward when they answer (click-to-call).</summary>
public sealed record OriginationOrder
{
    /// <summary>Most <see cref="Variables"/>.</summary>
    public const int MostVariables = 20;

    /// <summary>The longest name of a variable.</summary>
    public const int LongestName = 64;

    /// <summary>The longest value of a variable.</summary>
    public const int LongestValue = 512;

    /// <summary>Who is rung first.</summary>
    public required Destination From { get; init; }

    /// <summary>Where they are connected to.</summary>
    public required Destination To { get; init; }

    /// <summary>Only the phones of these extensions ring, wherever calls to them are sent on; the first who answers is it. Null: what <see cref="From"/> leads to.</summary>
    internal IReadOnlyList<string>? Phones { get; init; }

    /// <summary>What who is rung gets once he answers, in the place of <see cref="To"/>; null: he is connected to it.</summary>
    internal ExchangeService? Service { get; init; }

    /// <summary>The same, where it is more than a service; null for that.</summary>
    internal Func<Commands.CommandContext, Programs.ICallProgram>? Program { get; init; }

    /// <summary>The exchange itself wants the call: the world is told of no order.</summary>
    internal bool IsOurs { get; init; }

    /// <summary>Hears how it went, once, on the call's shard; null for nobody.</summary>
    internal Action<Commands.CommandOutcome, int, string>? Settled { get; init; }

    /// <summary>The number of who is rung first, as the record and the other side see it.</summary>
    public required string FromNumber { get; init; }

    /// <summary>The number that is called, as the record and who is rung first see it.</summary>
    public required string ToNumber { get; init; }

    /// <summary>How long who is rung first may let it ring. Default 30 s.</summary>
    public TimeSpan RingTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long it may ring onward. Default 60 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What a program wants to find again in the events of its command.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();
}
