namespace Tandem.Media;

/// <summary>
/// Something that happened to the media of a session or a mix. Raised on the thread of its media loop; who handles it returns at once.
/// </summary>
public abstract record MediaEvent;
