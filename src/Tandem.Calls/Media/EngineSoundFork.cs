using Tandem.Calls.Ports;
using Tandem.Media.Monitoring;

namespace Tandem.Calls.Media;

/// <summary>A fork of a session of the media engine.</summary>
/// <param name="fork">Where its frames wait.</param>
/// <param name="begun">Whether it hears.</param>
/// <param name="untap">Takes it off the session.</param>
internal sealed class EngineSoundFork(SoundFork fork, Task<bool> begun, Action untap) : ISoundFork
{
    public Task<bool> Begun => begun;

    public long Lost => fork.Lost;

    public bool IsOver => fork.IsOver;

    public bool TryTake(Span<short> frame) => fork.TryTake(frame);

    public void Stop() => untap();
}
