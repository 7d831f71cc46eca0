//! What the table of parameters says in English, in French: meanings, units, and words for types of values.

/// The words of the table of parameters, and their French.
pub(super) const FRENCH: &[(&str, &str)] = &[
    // Types of values.
    ("a number", "un nombre"),
    ("a string", "un texte"),
    ("an array of objects", "un tableau d’objets"),
    ("an integer", "un entier"),
    ("an integer or null", "un entier ou null"),
    ("an object", "un objet"),
    ("an object of strings", "un objet de textes"),
    ("true or false", "true ou false"),
    // Units.
    ("bps or kbps (sources disagree)", "bit/s ou kbit/s (les sources divergent)"),
    ("frames, running total of the session", "images, cumul de la session"),
    ("frames/s", "images/s"),
    ("ms (reported in s)", "ms (s dans les rapports)"),
    ("ms since Unix epoch, UTC", "ms depuis l’époque Unix, UTC"),
    ("s", "s"),
    ("s into the content", "s dans le contenu"),
    // Meanings.
    ("Names what happened.", "Nomme ce qui s’est passé."),
    (
        "Holds the two times of the event, and nothing else.",
        "Contient les deux temps de l’événement, et rien d’autre.",
    ),
    (
        "Position in the content (live: second of the UTC day); stands still during ads.",
        "Position dans le contenu (en direct : seconde du jour UTC) ; immobile pendant les publicités.",
    ),
    (
        "The client's clock when it happened; orders the events and gives all durations.",
        "L’horloge du client à ce moment ; ordonne les événements et donne toutes les durées.",
    ),
    (
        "Holds what is particular to the event type, flat, with dotted keys.",
        "Contient ce qui est propre au type d’événement, à plat, avec des clés à points.",
    ),
    (
        "Holds the quality values of the moment; allowed on every event.",
        "Contient les valeurs de qualité du moment ; permis sur tout événement.",
    ),
    (
        "Holds the customer's own keys; has a meaning on starts of sessions, ads and chapters.",
        "Contient les clés propres au client ; a un sens au début des sessions, des publicités et des chapitres.",
    ),
    ("Host name of the Analytics tracking server.", "Nom d’hôte du serveur de suivi Analytics."),
    (
        "Id of the report suite that the session goes to.",
        "Identifiant de la suite de rapports où va la session.",
    ),
    (
        "Whether the resulting Analytics calls go over https.",
        "Dit si les appels Analytics qui en résultent passent par https.",
    ),
    ("The customer's own visitor id (VID).", "Identifiant de visiteur propre au client (VID)."),
    ("The older Analytics visitor id (AID).", "L’ancien identifiant de visiteur d’Analytics (AID)."),
    (
        "True when the viewer declined that data goes on to other Adobe products.",
        "True si le spectateur a refusé que les données aillent à d’autres produits d’Adobe.",
    ),
    (
        "True when the viewer declined that data is shared between publishers.",
        "True si le spectateur a refusé que les données soient partagées entre éditeurs.",
    ),
    (
        "Id of the organization at Adobe; samples end in @AdobeOrg.",
        "Identifiant de l’organisation chez Adobe ; les exemples finissent par @AdobeOrg.",
    ),
    (
        "Experience Cloud id of the viewer (ECID); optional, but needed to join data.",
        "Identifiant Experience Cloud du spectateur (ECID) ; facultatif, mais nécessaire pour rapprocher les données.",
    ),
    (
        "Region number of Audience Manager; null when it is not known.",
        "Numéro de région d’Audience Manager ; null quand il n’est pas connu.",
    ),
    (
        "The customer's own ids by name, each with an id and a log-in state.",
        "Les identifiants propres au client, par nom, chacun avec un id et un état de connexion.",
    ),
    (
        "Id of this installation of the app; lets the back end make an ECID when none is sent.",
        "Identifiant de cette installation de l’application ; permet au serveur de créer un ECID quand aucun n’est envoyé.",
    ),
    (
        "Unique id of the content; without one the session is missing from reports.",
        "Identifiant unique du contenu ; sans lui la session manque dans les rapports.",
    ),
    ("Readable title of the content.", "Titre lisible du contenu."),
    (
        "Duration of the content; 86400 for live content of unknown length.",
        "Durée du contenu ; 86400 pour un direct de durée inconnue.",
    ),
    (
        "How the content is delivered: vod, live, linear, podcast, song and so on; open list.",
        "Comment le contenu est diffusé : vod, live, linear, podcast, song et autres ; liste ouverte.",
    ),
    ("Whether it is video or audio.", "Dit si c’est de la vidéo ou de l’audio."),
    ("Name of the player.", "Nom du lecteur."),
    ("Channel or property that the content is shown on.", "Chaîne ou site où le contenu est diffusé."),
    (
        "True when playback goes on from an earlier session.",
        "True si la lecture reprend une session précédente.",
    ),
    ("Version of the app or player.", "Version de l’application ou du lecteur."),
    (
        "Version of the library that sends the events; set by the SDKs.",
        "Version de la bibliothèque qui envoie les événements ; mise par les SDK.",
    ),
    (
        "True when downloaded content was played off line and is sent in one batch.",
        "True si un contenu téléchargé a été lu hors ligne et est envoyé en un seul lot.",
    ),
    ("Name of the show or series.", "Nom de l’émission ou de la série."),
    ("Season, as text: 1 and 01 are two seasons.", "Saison, en texte : 1 et 01 sont deux saisons."),
    ("Episode, as text.", "Épisode, en texte."),
    (
        "Id of the asset in the publisher's own systems.",
        "Identifiant du contenu dans les systèmes de l’éditeur.",
    ),
    ("Genre; several are separated by commas.", "Genre ; plusieurs sont séparés par des virgules."),
    (
        "Date of the first broadcast; YYYY-MM-DD is advised.",
        "Date de la première diffusion ; YYYY-MM-DD est conseillé.",
    ),
    (
        "Date of the first digital release; YYYY-MM-DD is advised.",
        "Date de la première sortie numérique ; YYYY-MM-DD est conseillé.",
    ),
    ("Age or parental rating.", "Classification par âge ou parentale."),
    ("Maker of the content.", "Créateur du contenu."),
    ("Network that broadcasts the content.", "Réseau qui diffuse le contenu."),
    (
        "Kind of show as a digit in a string: 0 full episode, 1 preview, 2 clip, 3 other.",
        "Genre d’émission, chiffre sous forme de texte : 0 épisode entier, 1 aperçu, 2 extrait, 3 autre.",
    ),
    ("Which set of ads was loaded.", "Quel jeu de publicités a été chargé."),
    (
        "Television provider that the viewer logged in with.",
        "Fournisseur de télévision auprès duquel le spectateur s’est connecté.",
    ),
    (
        "TRUE, as text, when the viewer was authorized; absent otherwise.",
        "TRUE, en texte, si le spectateur a été autorisé ; absent sinon.",
    ),
    ("Part of the day of the broadcast.", "Moment de la journée de la diffusion."),
    ("Kind of feed, such as East or West.", "Type de flux, comme East ou West."),
    ("Format of the stream, such as HD.", "Format du flux, comme HD."),
    ("Performer of the recording.", "Interprète de l’enregistrement."),
    ("Album of the recording.", "Album de l’enregistrement."),
    ("Record label.", "Maison de disques."),
    ("Author of the audiobook or podcast.", "Auteur du livre audio ou du podcast."),
    ("Radio station.", "Station de radio."),
    ("Publisher of the audio content.", "Éditeur du contenu audio."),
    ("Readable name of the ad break.", "Nom lisible de la coupure publicitaire."),
    (
        "Number of the ad break in the content, from 0 or 1.",
        "Numéro de la coupure publicitaire dans le contenu, à partir de 0 ou 1.",
    ),
    (
        "Position of the break in the content; 0 before the content.",
        "Position de la coupure dans le contenu ; 0 avant le contenu.",
    ),
    (
        "Id of the ad; with an empty one the ad is missing from ad reports.",
        "Identifiant de la publicité ; s’il est vide, elle manque dans les rapports.",
    ),
    ("Readable name of the ad.", "Nom lisible de la publicité."),
    ("Duration of the ad.", "Durée de la publicité."),
    (
        "Number of the ad in its break, from 0 or 1.",
        "Numéro de la publicité dans sa coupure, à partir de 0 ou 1.",
    ),
    ("Name of the player that shows the ad.", "Nom du lecteur qui montre la publicité."),
    ("Company or brand that is advertised.", "Entreprise ou marque de l’annonceur."),
    ("Id of the campaign.", "Identifiant de la campagne."),
    ("Id of the creative.", "Identifiant de la création."),
    ("Id of the site that shows the ad.", "Identifiant du site qui montre la publicité."),
    ("Address of the creative.", "Adresse de la création."),
    ("Id of the placement.", "Identifiant de l’emplacement."),
    ("Readable name of the chapter.", "Nom lisible du chapitre."),
    (
        "Number of the chapter in the content, usually from 1.",
        "Numéro du chapitre dans le contenu, le plus souvent à partir de 1.",
    ),
    ("Position of the chapter's start in the content.", "Position du début du chapitre dans le contenu."),
    ("Duration of the chapter.", "Durée du chapitre."),
    (
        "Name of the player state, such as fullScreen; at most 10 names a session.",
        "Nom de l’état du lecteur, comme fullScreen ; 10 noms au plus par session.",
    ),
    ("Player states that begin.", "États du lecteur qui commencent."),
    ("Player states that end.", "États du lecteur qui se terminent."),
    (
        "Bitrate of the moment; the sources disagree on the unit.",
        "Débit du moment ; les sources divergent sur l’unité.",
    ),
    ("Frames dropped since the session began.", "Images perdues depuis le début de la session."),
    ("Frame rate of the moment.", "Fréquence d’images du moment."),
    (
        "Time from the wish to play to the first frame.",
        "Temps entre la demande de lecture et la première image.",
    ),
    ("Id of the error, as the SDKs send it.", "Identifiant de l’erreur, tel que les SDK l’envoient."),
    (
        "Who raised the error: player or external.",
        "Qui a signalé l’erreur : player (lecteur) ou external (externe).",
    ),
    (
        "Id of the error in the spelling of the 2026 error page; no SDK sends it.",
        "Identifiant de l’erreur, dans l’orthographe de la page d’erreurs de 2026 ; aucun SDK ne l’envoie.",
    ),
    (
        "Who raised the error, in the spelling of the 2026 error page.",
        "Qui a signalé l’erreur, dans l’orthographe de la page d’erreurs de 2026.",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::parameter::PARAMETERS;

    #[test]
    fn all_that_the_table_of_parameters_says_is_said_in_french_and_nothing_else() {
        let said: BTreeSet<&str> = PARAMETERS
            .iter()
            .flat_map(|known| [Some(known.meaning), Some(known.value.in_words()), known.unit])
            .flatten()
            .collect();
        let known: BTreeSet<&str> = FRENCH.iter().map(|(english, _)| *english).collect();
        assert_eq!(said, known);
        assert_eq!(FRENCH.len(), known.len(), "each once");
    }
}
