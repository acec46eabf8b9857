using Tandem.Core.Time;

namespace Tandem.Media.Transport;

/// <summary>Has the handshakes of one session computed, away from its loop where there are threads for it.</summary>
internal interface IHandshakeDesk
{
    /// <summary>
    /// Has <paramref name="work"/> computed once, and then finished on the loop that the session has by then. Called on the loop of the
    /// session; one who has no threads does both at once.
    /// </summary>
    /// <returns>False when too much waits: nothing is computed.</returns>
    bool TryStart(IHandshakeWork work, Moment now);
}
