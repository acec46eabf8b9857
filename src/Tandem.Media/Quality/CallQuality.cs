namespace Tandem.Media.Quality;

/// <summary>The verdict of the E-model on one direction of a call.</summary>
/// <param name="Rating">R (ITU-T G.107), 0 to 100; 93.2 is the best of the narrowband network.</param>
/// <param name="Mos">The estimated mean opinion score, 1 to 4.5.</param>
public readonly record struct CallQuality(double Rating, double Mos);
