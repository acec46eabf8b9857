namespace Tandem.Media.Audio;

/// <summary>Where the RTP that we make ourselves leaves: the transport of one side. Called on the media loop.</summary>
public interface IRtpOutput
{
    /// <summary>Bytes behind a packet that belong to whoever sends it: the SRTP tag is written there.</summary>
    const int Spare = 32;

    /// <summary>Protects the packet in place and sends it.</summary>
    /// <param name="buffer">A whole RTP packet at the start, and at least <see cref="Spare"/> bytes behind it. Its content is lost.</param>
    /// <param name="length">Bytes of the packet.</param>
    void Send(Span<byte> buffer, int length);
}
