namespace Tandem.Media.Events;

/// <summary>A side that should send has sent nothing for the media timeout. Once a side for each plan.</summary>
public sealed record MediaSilent(MediaSide Side) : MediaEvent;
