namespace Tandem.Calls.Ports;

/// <summary>The SDP to pass on, or why there is none.</summary>
/// <param name="Sdp">The rewritten SDP; empty when refused.</param>
/// <param name="Refusal">Why: malformed (400), not acceptable (488), no ports (503).</param>
/// <param name="Text">A reason for the Warning or Reason text; empty when accepted.</param>
public readonly record struct MediaResult(ReadOnlyMemory<byte> Sdp, MediaRefusal Refusal = MediaRefusal.None, string Text = "")
{
    public bool IsAccepted => Refusal == MediaRefusal.None;
}
