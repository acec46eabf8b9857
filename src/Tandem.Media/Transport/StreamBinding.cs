using Tandem.Media.Relay;

namespace Tandem.Media.Transport;

/// <summary>A stream with its sockets. Owned by the loop that serves it.</summary>
internal sealed class StreamBinding(RelayStream stream)
{
    private readonly MediaSocket?[] _sockets = new MediaSocket?[4];

    public RelayStream Stream => stream;

    public MediaSocket? this[MediaSide side, bool rtcp]
    {
        get => _sockets[((int)side * 2) + (rtcp ? 1 : 0)];
        set => _sockets[((int)side * 2) + (rtcp ? 1 : 0)] = value;
    }
}
