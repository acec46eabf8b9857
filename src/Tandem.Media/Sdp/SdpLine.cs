namespace Tandem.Media.Sdp;

/// <summary>One line of an SDP, as places in its bytes.</summary>
/// <param name="Type">The letter before <c>=</c>.</param>
/// <param name="Start">Where the letter stands.</param>
/// <param name="Length">Bytes without the line end.</param>
internal readonly record struct SdpLine(byte Type, int Start, int Length);
