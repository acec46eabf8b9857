using System.Buffers;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Dtls;
using Tandem.Media.Srtp;

namespace Tandem.Media.Transport;

/// <summary>
/// The side of a handshake that computes: the association, what it is told and what came of it. Whoever computes owns it meanwhile, the
/// loop at all other times; how it changes hands is the matter of <see cref="DtlsHandshake"/>.
/// </summary>
internal sealed class HandshakeTurn(DtlsAssociation association, int mtu)
{
    private readonly byte[] _datagram = new byte[mtu];
    private bool _isStarted;

    /// <summary>What it is told, in order.</summary>
    public List<HandshakeStep> Steps { get; } = [];

    /// <summary>What is to be sent, and to whom.</summary>
    public List<(byte[] Datagram, NetAddress Target)> Output { get; } = [];

    /// <summary>With whom: where the last datagram came from that was taken, or where we began.</summary>
    public NetAddress Peer { get; private set; }

    public DtlsState State { get; private set; } = association.State;

    public DtlsFailure Failure { get; private set; }

    public Moment Deadline { get; private set; } = Moment.Never;

    /// <summary>True when the last datagram that it was told of was of use.</summary>
    public bool HasTaken { get; private set; }

    /// <summary>The keys, once they are there and until somebody takes them away.</summary>
    public (SrtpProfile Profile, SrtpKey Inbound, SrtpKey Outbound)? Keys { get; set; }

    /// <summary>Does what the steps say until <paramref name="isOver"/>, and forgets them.</summary>
    public void Compute(Func<bool> isOver)
    {
        try
        {
            foreach (var step in Steps)
            {
                if (isOver())
                    return;

                Take(step);
                while (association.TryTakeOutput(_datagram, out var length))
                    Output.Add((_datagram[..length], Peer));
            }
        }
        finally
        {
            Drop();
            if (association.TakeKeys(out var profile, out var inbound, out var outbound) && inbound is not null && outbound is not null)
                Keys = (profile, inbound, outbound);
            (State, Failure, Deadline) = (association.State, association.Failure, association.Deadline);
        }
    }

    /// <summary>Forgets what it was told; the number of datagrams that were among it.</summary>
    public int Drop()
    {
        var datagrams = 0;
        foreach (var step in Steps)
        {
            if (step.Buffer is null)
                continue;

            ArrayPool<byte>.Shared.Return(step.Buffer);
            datagrams++;
        }

        Steps.Clear();
        return datagrams;
    }

    private void Take(in HandshakeStep step)
    {
        switch (step.Kind)
        {
            case HandshakeStepKind.Begin when !_isStarted:
                _isStarted = true;
                Peer = step.Address;
                association.Start(step.Now);
                break;
            case HandshakeStepKind.Datagram:
                HasTaken = association.Receive(step.Buffer.AsSpan(0, step.Length), step.Now);
                if (HasTaken)
                    (_isStarted, Peer) = (true, step.Address);
                break;
            case HandshakeStepKind.Deadline:
                association.OnDeadline(step.Now);
                break;
        }
    }
}
