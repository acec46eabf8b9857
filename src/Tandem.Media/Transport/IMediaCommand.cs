using Tandem.Core.Time;

namespace Tandem.Media.Transport;

/// <summary>Work for a media loop. It runs once, on the loop's thread, after all that was posted before it.</summary>
internal interface IMediaCommand
{
    void Run(MediaLoop loop, Moment now);
}
