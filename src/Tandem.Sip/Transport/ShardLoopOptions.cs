namespace Tandem.Sip.Transport;

/// <summary>The loop of a SIP shard.</summary>
public sealed record ShardLoopOptions
{
    /// <summary>Messages that may wait for a shard. Default 16,384, about a quarter of a second at full load; more would be answered too late anyway.</summary>
    public int MailboxCapacity { get; init; } = 16_384;

    /// <summary>Messages, and turns, that are handled before the loop looks at its timers again. Default 64.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>
    /// Messages in one stretch without rest before the loop says that it is behind (<see cref="Engine.ISipShard.Observe"/>). Default
    /// 256, four batches: a pause of the process or one slow turn is no overload.
    /// </summary>
    public int BacklogFloor { get; init; } = 256;

    /// <summary>The name of the thread, as a debugger or <c>top -H</c> shows it.</summary>
    public string Name { get; init; } = "sip-shard";
}
