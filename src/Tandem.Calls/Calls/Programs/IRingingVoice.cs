using Tandem.Core.Time;

namespace Tandem.Calls.Calls.Programs;

/// <summary>What a person is told now and then while somebody is rung for them. On the call's shard.</summary>
internal interface IRingingVoice
{
    /// <summary>When there is something to say; <see cref="Moment.Never"/> for no more.</summary>
    Moment Due { get; }

    /// <summary>What is to be said now.</summary>
    Prompt Next(Moment now);

    /// <summary>It has been said: what plays between goes on, and <see cref="Due"/> is the next time.</summary>
    void GoOn(Moment now);
}
