namespace Tandem.Media.Transport;

/// <summary>A media socket as a Linux descriptor.</summary>
internal sealed unsafe class EpollSocket(int descriptor, int port, bool isV6) : MediaSocket(port, isV6)
{
    private int _descriptor = descriptor;

    public int Descriptor => _descriptor;

    public override void Drain(int limit)
    {
        byte nothing;
        for (var i = 0; i < limit; i++)
        {
            if (LibC.ReceiveFrom(_descriptor, &nothing, 1, LibC.MessageDontWait, null, null) < 0)
                return;
        }
    }

    public override void Close()
    {
        var open = Interlocked.Exchange(ref _descriptor, -1);
        if (open >= 0)
            _ = LibC.Close(open);
    }
}
