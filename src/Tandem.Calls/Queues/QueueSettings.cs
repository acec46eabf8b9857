namespace Tandem.Calls.Queues;

/// <summary>How a queue behaves.</summary>
public sealed record QueueSettings
{
    /// <summary>Its name in the tenant: 1 to 40 letters, digits, <c>-</c> and <c>_</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The number at which phones of the tenant reach it; empty for none.</summary>
    public string Number { get; init; } = "";

    /// <summary>What people read; empty for none.</summary>
    public string Description { get; init; } = "";

    /// <summary>Whom it rings. Default: who has been free longest.</summary>
    public QueueStrategy Strategy { get; init; } = QueueStrategy.LongestIdle;

    /// <summary>Among queues that share an agent, the higher goes first. 0 to 100, default 0.</summary>
    public int Weight { get; init; }

    /// <summary>How long an agent rings before the next one does. Default 20 s.</summary>
    public TimeSpan RingTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>After a call an agent is left alone for so long. Default 10 s.</summary>
    public TimeSpan WrapUp { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>An agent who did not answer is not rung for so long; not when all ring at once. Default 10 s.</summary>
    public TimeSpan NoAnswerPenalty { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>An agent who refused the call is not rung for so long. Default 30 s.</summary>
    public TimeSpan RejectPenalty { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>So many calls in a row that an agent lets ring pause him (reason <c>no-answer</c>); 0: never. Default 3.</summary>
    public int MissesBeforePause { get; init; } = 3;

    /// <summary>Callers who may wait; one more goes to <see cref="Overflow"/>. Default 50.</summary>
    public int MaxWaiting { get; init; } = 50;

    /// <summary>A caller who has waited so long goes to <see cref="Overflow"/>; zero: never. Default 10 min.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>May callers wait while no agent is logged in? Default no: they go to <see cref="Overflow"/>.</summary>
    public bool JoinWithoutAgents { get; init; }

    /// <summary>Where callers go whom the queue does not take or keep, as a destination (<c>voicemail:100</c>); empty: they are hung up.</summary>
    public string Overflow { get; init; } = "";

    /// <summary>What callers hear at first, a sound of the tenant's library; empty for nothing.</summary>
    public string Greeting { get; init; } = "";

    /// <summary>What they hear while they wait; empty: music on hold.</summary>
    public string Music { get; init; } = "";

    /// <summary>How often they are told their place; zero: never. Default 30 s.</summary>
    public TimeSpan AnnounceEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether they are told how long it will take, too. Default yes.</summary>
    public bool AnnounceWait { get; init; } = true;

    /// <summary>A waiting caller who presses it is called back instead, in his turn; empty: there is no callback. Default none.</summary>
    public string CallbackKey { get; init; } = "";

    /// <summary>
    /// Numbers that a caller may type for his callback, as patterns with blanks between them (<c>_0ZX. +44!</c>); empty: only the one by which he called, for else a stranger has the
    /// tenant call whom he likes. Default empty.
    /// </summary>
    public string CallbackTo { get; init; } = "";

    /// <summary>How often somebody is called back until he is reached. Default 3.</summary>
    public int CallbackTries { get; init; } = 3;

    /// <summary>Time between two of these calls. Default 5 min.</summary>
    public TimeSpan CallbackPause { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long his phone rings. Default 30 s.</summary>
    public TimeSpan CallbackRing { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A callback that has waited so long has failed; zero: never. Default 12 h: a call in the night would frighten.</summary>
    public TimeSpan CallbackExpiry { get; init; } = TimeSpan.FromHours(12);

    /// <summary>A waiting caller who presses it goes to <see cref="Overflow"/>; empty: none. Default none.</summary>
    public string ExitKey { get; init; } = "";

    /// <summary>Answered within this time counts for the service level. Default 20 s.</summary>
    public TimeSpan ServiceLevelTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>What a call is thought to last while none has been answered yet. Default 3 min.</summary>
    public TimeSpan AssumedCall { get; init; } = TimeSpan.FromMinutes(3);
}
