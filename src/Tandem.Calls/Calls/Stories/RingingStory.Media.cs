using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Ports;
using Tandem.Calls.Registrar;
using Tandem.Calls.Trunks;
using Tandem.Sip.Engine;

namespace Tandem.Calls.Calls.Stories;

/// <content>What is offered to whom while it rings.</content>
internal sealed partial class RingingStory
{
    // RFC 3264: an offer in the INVITE goes to every contact; without one each contact is asked to offer (RFC 3261 §13.2.1).
    private CallEnding? OpenMedia(IReadOnlyList<Binding> contacts, out ReadOnlyMemory<byte> offer)
    {
        offer = default;
        if (Person is null && MediaOpening.Open(call) is { } refused)
            return refused;

        var media = call.Model.Media!;
        if (contacts.Count > 0)
            Expect(media, PeerOf(contacts[0]));
        if (!call.Origin.HasOffer)
            return null;

        var result = Person is null ? media.Offer(CallSide.Caller, call.Origin.LastSdp) : media.Create(CallSide.Callee);
        offer = result.Sdp;
        return result.IsAccepted ? null : MediaRefusals.Ending(result);
    }

    // A browser and a desk phone of one number ring together, and each gets an offer of its own kind.
    private ReadOnlyMemory<byte> OfferFor(Binding contact)
    {
        if (_offer.IsEmpty || PeerOf(contact) is not { } peer)
            return _offer;

        // Each provider gets what its profile says: another one may want other codecs, keys, or see us elsewhere.
        if (contact.Trunk is not null && peer != _offeredTo)
            return call.Model.Media!.OfferFor(CallSide.Callee, peer) is { IsAccepted: true } own ? own.Sdp : _offer;
        if (peer.IsBrowser == _offerIsForBrowser)
            return _offer;

        if (_otherOffer.IsEmpty)
            _otherOffer = call.Model.Media!.OfferFor(CallSide.Callee, peer).Sdp;
        return _otherOffer.IsEmpty ? _offer : _otherOffer;
    }

    private MediaPeer? PeerOf(Binding contact) => contact.Trunk is { Profile: { } profile }
        ? call.Environment.Trunks.PeerOf(profile, default, profile.Transport == SipTransportKind.Tls)
        : call.Environment.PeerAt(contact);

    private MediaPeer? PeerOf(OutboundLeg leg) => leg.Trunk is { } trunk ? trunk.PeerAt(leg.Target) : leg.Contact.Edge is not null ? call.Environment.PeerAt(leg.Contact) : call.Environment.PeerOf(leg.Contact.Tenant, leg.Contact.Number, leg.Target);

    private void Expect(IMediaSession media, MediaPeer? phone)
    {
        if (phone is null)
            return;

        media.Expect(CallSide.Callee, phone);
        if (!_offer.IsEmpty)
            return;

        _offerIsForBrowser = phone.IsBrowser;
        _offeredTo = phone;
    }

    // The session that the 2xx of a contact makes. What was settled in early dialogs stays; the caller's newest session is offered again, as
    // it were, when another contact answers than the one that it was settled with.
    private MediaResult Settle(OutboundLeg winner, ReadOnlyMemory<byte> body)
    {
        var media = call.Model.Media!;
        if (winner == _early.Fork && (_early.IsChanged || _early.IsOfferAnswered))
            return new MediaResult(default);

        if (_early.IsChanged && media.Offer(CallSide.Caller, call.Caller.LastSdp) is { IsAccepted: false } refused)
            return refused;

        return call.Origin.HasOffer ? media.Answer(CallSide.Callee, body) : media.Offer(CallSide.Callee, body);
    }
}
