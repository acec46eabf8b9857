using Tandem.Core.Net;
using Tandem.Core.Time;

namespace Tandem.Sip.Transport;

/// <summary>Decides, before anything is parsed, whether a source may be heard at all. Called from all receiving threads.</summary>
public interface ISourceGuard
{
    /// <summary>
    /// Called for each datagram, each accepted connection and each message of a stream. False: it is dropped without an
    /// answer (a connection is closed), and counted.
    /// </summary>
    bool Admits(in NetAddress source, Moment now);
}
