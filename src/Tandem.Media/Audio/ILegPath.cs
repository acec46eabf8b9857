using Tandem.Media.Relay;

namespace Tandem.Media.Audio;

/// <summary>What a leg asks of the packet path of its side. On the media loop.</summary>
internal interface ILegPath : IRtpOutput
{
    /// <summary>Who hears the RTP that comes from the side; null for nobody.</summary>
    IRtpInput? Listener { set; }

    /// <summary>Who waits for the first telephone event of the side; null for nobody.</summary>
    IEventWatch? EventWatch
    {
        set { }
    }

    /// <summary>True while we write what the side gets: nothing is relayed to it then.</summary>
    bool IsFed { set; }

    /// <summary>The part of our packets that the side misses, as it reports, 0 to 1.</summary>
    double Loss => 0;

    /// <summary>What our jitter buffer delays the sound of the side by, ms; null while nobody here listens to it, or nothing comes.</summary>
    double? BufferMilliseconds
    {
        set { }
    }
}
