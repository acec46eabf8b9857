using Tandem.Core.Time;

namespace Tandem.Media.Audio;

/// <summary>Waits for the first key of a side: until then nobody listens to a line that is only relayed.</summary>
internal interface IEventWatch
{
    /// <summary>A telephone event has come (RFC 4733). On the media loop, before the packet is handed to <see cref="ILegPath.Listener"/>.</summary>
    void EventsCame(Moment now);
}
