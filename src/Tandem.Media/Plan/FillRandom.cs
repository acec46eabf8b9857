namespace Tandem.Media.Plan;

/// <summary>Fills a buffer with bytes that nobody can guess.</summary>
public delegate void FillRandom(Span<byte> buffer);
