using Tandem.Calls.Calls.Programs;

namespace Tandem.Calls.Ivr;

/// <summary>Whom a flow leads: a caller on a call's shard, or somebody at a terminal. One thing at a time.</summary>
public interface IIvrPerson
{
    /// <summary>True once they have hung up: everything returns at once.</summary>
    bool IsGone { get; }

    /// <summary>True when they have not hung up: somebody else took them to another call.</summary>
    bool IsTransferred => false;

    /// <summary>The language of prompts.</summary>
    string Language { get; set; }

    /// <summary>Who calls.</summary>
    string Caller { get; }

    /// <summary>The number that was dialled.</summary>
    string Called { get; }

    /// <summary>The call; empty for none.</summary>
    string CallId { get; }

    /// <summary>How long the run has lasted.</summary>
    TimeSpan Elapsed { get; }

    /// <summary>The time where the tenant is.</summary>
    DateTime LocalTime { get; }

    /// <summary>What is typed now is no secret, and events may tell it; the step that begins says so.</summary>
    bool KeysAreOpen
    {
        set
        {
            // Nobody is told of keys but those of calls.
        }
    }

    /// <summary>Plays to the end or to a key.</summary>
    ValueTask<PlayEnd> PlayAsync(Prompt prompt, bool keysStop);

    /// <summary>The next key; null when none came in time.</summary>
    ValueTask<char?> KeyAsync(TimeSpan wait);

    /// <summary>Digits.</summary>
    ValueTask<string> ReadAsync(ReadOrder order);

    /// <summary>A message; null when none could be recorded.</summary>
    ValueTask<RecordedMessage?> RecordAsync(RecordOrder order);

    /// <summary>Asks a web service, while something plays.</summary>
    ValueTask<IvrWebAnswer> AskAsync(IvrWebRequest request, Prompt? meanwhile);

    /// <summary>Sends them somewhere else. After <see cref="IvrTransferEnd.Done"/> the run is over.</summary>
    ValueTask<IvrTransferEnd> TransferAsync(IvrTransfer transfer);

    /// <summary>A step is over.</summary>
    void Report(IvrStepReport report);
}
