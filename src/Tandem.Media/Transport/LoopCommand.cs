using Tandem.Core.Time;

namespace Tandem.Media.Transport;

/// <summary>A command that calls a delegate.</summary>
internal sealed class LoopCommand(Action<Moment> command) : IMediaCommand
{
    public void Run(MediaLoop loop, Moment now) => command(now);
}
