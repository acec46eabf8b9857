using Tandem.Media.Codecs;
using Tandem.Media.Sdp;

namespace Tandem.Media.Plan;

/// <summary>One format of a line toward one side. Immutable.</summary>
/// <param name="Key">Names the format in the whole session: where both sides have the same key, packets pass from one to the other.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Local">As our SDP numbers it: the payload type of what comes from the side.</param>
/// <param name="Remote">As the side's SDP numbers it: the payload type of what goes there.</param>
/// <param name="Audio">The codec, for <see cref="FormatRole.Audio"/>.</param>
/// <param name="IsOurs">We added it: the other side of the session does not speak it.</param>
internal sealed record LineFormat(string Key, FormatRole Role, SdpFormat Local, SdpFormat Remote, AudioFormat? Audio = null, bool IsOurs = false)
{
    public bool IsMedia => Role is FormatRole.Audio or FormatRole.Other;
}
