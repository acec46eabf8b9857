using Tandem.Calls.Calls.Stories;

namespace Tandem.Calls.Calls.Programs;

/// <summary>How somebody is rung for a person who is connected already.</summary>
internal sealed record ConnectOrder
{
    /// <summary>The number that is called, as it is shown to who is rung.</summary>
    public required string Number { get; init; }

    /// <summary>How long it may ring. Default 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What the person hears meanwhile; null leaves what plays already.</summary>
    public Prompt? Meanwhile { get; init; } = Prompt.RingBack;

    /// <summary>What the person is told while it rings, over what plays; null for nothing. What is being said when it begins to ring is said to its end; the answer cuts it.</summary>
    public IRingingVoice? Voice { get; init; }

    /// <summary>How the person is shown, and what else the INVITE says; null as in any call of theirs.</summary>
    public CalleeAddressing? Addressing { get; init; }

    /// <summary>False when nobody but who is rung may answer: a phone that is not rung cannot pick it up.</summary>
    public bool MayBePickedUp { get; init; } = true;

    /// <summary>The queue whose caller gets an agent, or is called back by one: its rule of recording holds for what they say; empty for none.</summary>
    public string Queue { get; init; } = "";

    /// <summary>Keys with which the person ends the ringing; empty for none.</summary>
    public string StopKeys { get; init; } = "";
}
