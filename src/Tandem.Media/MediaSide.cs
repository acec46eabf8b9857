namespace Tandem.Media;

/// <summary>One of the two sides of a session. A is the one that opened the call, B the one that it reached.</summary>
public enum MediaSide
{
    A,
    B,
}
