namespace Tandem.Media.Sdp;

/// <summary>What changes in one media section on its way through us.</summary>
/// <param name="Port">Our RTP port; 0 refuses the line.</param>
/// <param name="KeepMux">False strips <c>a=rtcp-mux</c> (RFC 5761).</param>
/// <param name="Direction">The direction to write instead of the one that is there; null leaves it.</param>
public readonly record struct SdpMediaRewrite(int Port, bool KeepMux, SdpDirection? Direction);
