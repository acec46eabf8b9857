using Tandem.Core.Time;
using Tandem.Media.Plan;

namespace Tandem.Media.Transport;

/// <summary>The sound of a session as its packet side sees it. Called on the session's loop.</summary>
internal interface ISessionSound
{
    /// <summary>A plan came into force; the legs of the session have it already.</summary>
    void Apply(MediaPlan plan, Moment now);

    /// <summary>The session leaves its loop, and with it the loop's tick and mixes.</summary>
    void Leave(Moment now);

    /// <summary>The session goes on with <paramref name="loop"/>.</summary>
    void Enter(MediaLoop loop, Moment now);

    /// <summary>The session is over.</summary>
    void Stop(Moment now);
}
