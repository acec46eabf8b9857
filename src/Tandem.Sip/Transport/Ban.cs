using Tandem.Core.Net;
using Tandem.Core.Time;

namespace Tandem.Sip.Transport;

/// <summary>One banned source.</summary>
/// <param name="Source">The address (of IPv6 the prefix), port 0.</param>
/// <param name="Until">When the ban ends.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Failures">Failures that led to it.</param>
public sealed record Ban(NetAddress Source, Moment Until, string Reason, int Failures);
