namespace Tandem.Calls.Queues;

/// <summary>The limits of queues that hold for all of them.</summary>
public sealed record QueueOptions
{
    /// <summary>Live figures of the queues of a tenant are told at most so often. Default 1 s: a picture on a wall is not looked at more often.</summary>
    public TimeSpan FigureGap { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A phone that refuses at once is not asked again sooner, whatever the penalties of the queue are. Default 2 s.</summary>
    public TimeSpan LeastPenalty { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Members of one queue. Default 500.</summary>
    public int MaxMembers { get; init; } = 500;

    /// <summary>Agents whose phones ring at the same time for one caller. Default 10, as many as contacts of a call may ring (<see cref="Calls.CallOptions.MaxContacts"/>).</summary>
    public int MaxRinging { get; init; } = 10;

    /// <summary>Queues of one tenant. Default 1,000.</summary>
    public int MaxQueues { get; init; } = 1_000;

    /// <summary>Who asked for a callback is not called sooner: his phone has to be free again. Default 5 s.</summary>
    public TimeSpan FirstCallback { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From the offer of a callback to the key of the caller, and from one digit to the next. Default 7 s.</summary>
    public TimeSpan CallbackKeyTime { get; init; } = TimeSpan.FromSeconds(7);
}
