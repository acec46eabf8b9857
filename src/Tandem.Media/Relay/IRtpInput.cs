using Tandem.Core.Time;
using Tandem.Media.Rtp;

namespace Tandem.Media.Relay;

/// <summary>Who hears the RTP of one side of one line. Called on the media loop, in the order of arrival.</summary>
internal interface IRtpInput
{
    /// <summary>Takes one packet that came from the side's own source, decrypted.</summary>
    /// <param name="header">Its header, with the payload type that the side used.</param>
    /// <param name="payload">Its payload without padding; valid during the call only.</param>
    /// <param name="now">When it came.</param>
    void Receive(in RtpHeader header, ReadOnlySpan<byte> payload, Moment now);
}
