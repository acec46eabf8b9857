namespace Tandem.Media.Events;

/// <summary>The digits of one SendDtmf have all been sent, or were dropped.</summary>
/// <param name="Side">To whom.</param>
/// <param name="Id">The number that the command returned.</param>
/// <param name="IsComplete">False when they were dropped: the side takes no audio, or the session closed.</param>
public sealed record DtmfSent(MediaSide Side, long Id, bool IsComplete) : MediaEvent;
