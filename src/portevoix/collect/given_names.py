"""Given names common in France and in English-speaking countries: enough to see that a pair of capitals is a person."""

GIVEN_NAMES = frozenset(
    """
Abdallah Abdel Abdelkader Abdou Abdoulaye Adam Adama Adel Adèle Adeline Adriana Adrien Adrienne Agathe Agnès Agnieszka Ahmed Ahmet Aïcha
Aïssa Aïssatou Aksel Alain Alan Alban Albert Alessandro Alessia Alex Alexandra Alexandre Alexandru Alexia Alexis Alfred Ali Alice Alicia
Alima Aline Aliou Alison Alix Alma Alphonse Alvin Alyssa Amadou Amal Amanda Amandine Amar Amaury Ambroise Amel Amélia Amélie Amina Amir
Amira Amparo Amy Ana Anaïs Anass Anastasia André Andrea Andréa Andrei Andrew Andrzej Angela Angélique Anh Anissa Anita Ann Anna Annabelle
Anne Anne-Laure Anne-Marie Anne-Sophie Annick Annie Anouk Anselme Anthony Antoine Antonella Antonia Antonin Antonio Antony Apolline Ariane
Aristide Arlette Armand Armande Armelle Arnaud Arnold Arsène Artem Arthur Arturo Assane Assata Assia Astrid Aubin Aude Audrey Audric Auguste
Augustin Aurélia Aurélie Aurélien Aurore Ava Axel Aya Aymeric Ayoub Aziz Azzedine Babette Bakary Balthazar Baptiste Barbara Barnabé Basile
Bastien Béatrice Beatriz Bella Ben Bénédicte Benjamin Benoît Bérangère Bérengère Bérénice Bernadette Bernard Bernardo Berthe Bertille
Bertrand Beth Betty Beverly Bianca Bilal Billy Binta Björn Blaise Blandine Bob Bobby Boris Boubacar Bradley Brahim Brandon Brenda
Brendan Brett Briac Brian Brice Bridget Brieuc Brigitte Bruno Bryan Byron Callum Calvin Cameron Camille Capucine Carine Carl Carla Carlos
Carmen Carole Caroline Carolyn Cassandra Catalina Catherine Cathie Cathy Cécile Cecilia Cédric Céleste Célestin Célia Célimène Céline Chad
Chafik Chantal Chantel Charlène Charles Charlie Charline Charlotte Cheikh Chiara Chloe Chloé Chris Christel Christelle Christian Christiane
Christina Christine Christophe Christopher Cindy Claire Claire-Marie Clara Clarissa Clarisse Claude Claudette Claudia Claudine Claudio
Clémence Clément Clotilde Clovis Cody Colette Colin Colleen Concetta Constance Constantin Coralie Corentin Corinna Corinne Cosima Craig
Cristina Curtis Cynthia Cyprien Cyrielle Cyril Cyrille Dalila Damian Damien Dan Daniel Danielle Danny Daouda Daphné Darren Dave David Davide
Debbie Deborah Delphine Denis Denise Dennis Derek Diana Diane Didier Diego Dieter Dimitri Dina Djamel Djamila Djibril Dmitri Domenico
Dominique Donald Donatien Donna Donovan Dora Dorian Doris Dorothée Dorothy Doug Douglas Duncan Dylan Eddy Edgar Édith Edith Edmond Edna
Édouard Eduardo Edward Edwige Edwin Eileen Elaine Eleanor Elena Eleni Éléonore Éliane Elias Élie Eliot Elisa Élisabeth Élise Elizabeth Ellen
Ellie Elliot Élodie Éloi Éloïse Elsa Elvira Élyse Émeline Émile Émilie Emilio Emily Emma Emmanuel Emmanuelle Emmy Emre Enguerrand Enora
Enrique Enzo Éric Erica Ernest Ernesto Erwan Erwann Estéban Estelle Esther Ethan Ethel Étienne Eugène Eugénie Eunice Eva Evan Ève Evelyn
Évelyne Ewan Ézéchiel Fabien Fabienne Fabiola Fabrice Fabricio Fadila Fanny Fanta Farid Fatih Fatiha Fatima Fatma Fatou Fatoumata Faustine
Fayçal Federico Félicie Félicité Felipe Félix Femi Ferdinand Fergus Fernand Fernande Fernando Filip Fiona Firmin Flavie Flavien Flora
Florence Florent Florian Floriane Foued Francesca Francesco Francine Francis Francisco Franck François Françoise Frank Franklin Fred Freda
Freddy Frédéric Frédérique Frida Fritz Gabin Gabriel Gabriele Gabriella Gabrielle Gaël Gaëlle Gaëtan Gareth Garry Gary Gaspard Gaston
Gauthier Gautier Gavin Gemma Geneviève Geoffrey Geoffroy George Georges Georgette Georgia Georgina Gérald Géraldine Gérard Germain Germaine
Gertrude Ghislain Ghislaine Ghizlane Gianni Gilbert Gilberte Gilles Giovanni Gisèle Giselle Giulia Giuseppe Glenn Gloria Godefroy Gonzague
Gordon Graham Gregory Grégory Greta Guénolé Guilhem Guillaume Guillemette Gurvan Gustave Gustavo Guy Gwen Gwenaël Gwenaëlle Gwendoline
Gwénola Habib Hadrien Hafida Hafsa Hakim Halima Hamid Hamidou Hamza Hanane Hanna Hannah Hans Harold Haroun Harriet Harrison Harry Hasna
Hassan Hayat Heather Hector Hedwige Heidi Heinz Helen Helena Hélène Helga Héloïse Henri Henriette Henry Herbert Hermann Hermine Hervé Hicham
Hilda Hind Hippolyte Holly Honorine Horace Hortense Houda Houria Howard Hubert Hugh Hugo Hugues Huguette Hussein Ian Ibrahim Ibtissam Ida
Idriss Ignace Igor Ilan Ilham Ilona Ilyes Iman Imane Imen Imogen Iñaki Inaya Ines Inès Ingrid Iñigo Ioana Irene Irène Irina Isaac Isabelle
Isaline Isaure Isis Ismaël Ismaïl Issa Issam Ivan Ivana Ivy Jack Jackie Jacky Jacob Jacopo Jacqueline Jacques Jaime Jake Jalil James Jamila
Jan Jane Janet Janice Janine Jason Javier Jay Jayden Jean Jean-Baptiste Jean-Bernard Jean-Charles Jean-Christophe Jean-Claude Jean-Daniel
Jean-Denis Jean-Éric Jean-François Jean-Guy Jean-Jacques Jean-Louis Jean-Luc Jean-Marc Jean-Marie Jean-Michel Jean-Noël Jean-Paul
Jean-Philippe Jean-Pierre Jean-Yves Jeanne Jeannette Jeannine Jeff Jeffrey Jehanne Jenna Jennifer Jenny Jérémie Jérémy Jérôme Jerry Jesse
Jessica Jessie Jesús Jill Jim Jimmy Joachim Joan Joana Joanna Joanne João Jocelyn Jocelyne Jodie Joe Joël Joelle Joëlle Joey Joffrey Johan
Johann Johanna John Johnny Jonas Jonathan Jonathon Jordan Jordane Jorge José Josef Joseph Joséphine Josette Joshua Josiane Josselin Josué
Juan Juanita Judith Judy Jules Julia Juliana Julianna Julianne Julie Julien Julienne Juliette Julio Justin Justine Kader Kadiatou Kamel
Karen Karim Karima Karine Karl Karla Kassandra Katarzyna Kate Katell Katherine Kathleen Kathy Katia Katie Kay Kaya Kayla Kaylee Keira Keith
Kelly Kelvin Ken Kenneth Kenny Kenza Kerry Kevin Khadija Khaled Khalid Kheira Kiara Kieran Kilian Killian Kim Kirsten Klaus Koffi Kristen
Kristina Krzysztof Kurt Kyle Lachlan Ladislas Laëtitia Laetitia Lahcen Laila Lakhdar Lamia Lamine Lara Larissa Larry Lars Lassana
Latifa Laura Laure Lauren Laurence Laurène Laurent Laurette Laurie Laurine Lauryn Lea Léa Leah Léandre Lee Leila Leïla Lena Lenny Léo Léon
Léonard Leonardo Léonie Leonor Léontine Léopold Leslie Lewis Liam Lila Lilian Liliana Liliane Lilly Lily Lina Linda Linh Lino Lionel Lisa
Lise Lisette Livia Liz Lloyd Loïc Loïs Lola Lorena Lorenzo Loretta Lotte Lou-Ann Louane Louis Louisa Louise Louisette Loukas Luc Luca Lucas
Lucian Lucie Lucien Lucienne Lucile Lucille Ludovic Luigi Luis Luisa Luka Luke Luna Lydia Lydie Lylia Lynda Lynn Mabel Maddie Madeleine
Madison Maël Maëlle Maëlys Maëva Magali Magalie Magdalena Magnus Maïa Maïssa Maïté Majid Malcolm Malik Malika Malo Mamadi Mamadou Mandy
Manel Manolo Manon Mansour Manuel Marc Marceau Marcel Marcela Marcelle Marcello Marcia Marcin Marco Marcus Margaret Margarita Margaux Margot
Marguerite Maria Mariam Mariama Mariana Marianne Marie Marie-Anne Marie-Cécile Marie-Christine Marie-Claude Marie-France Marie-Hélène
Marie-José Marie-Laure Marie-Line Marie-Louise Marie-Noëlle Marie-Odile Marie-Paule Marie-Pierre Marie-Rose Marie-Thérèse Marielle Mariette
Marilyn Marina Marine Mario Marion Marisa Marissa Marius Mariusz Marjorie Marlène Marlon Martha Marthe Martial Martin Martine Marvin Marwa
Marwan Mary Maryam Maryline Maryse Maryvonne Massimo Matéo Mathéo Mathias Mathieu Mathilde Mathis Mathurin Matilda Matteo Matthew Matthias
Matthieu Mattia Maud Maura Maureen Maurice Maxence Maxime Maximilien Maya Mayssa Mbaye Megan Mégane Mehdi Mei Melanie Mélanie Mélina Mélinda
Mélissa Mélissandre Melvin Meredith Mériem Meryem Mia Micaela Michaël Michael Michaela Michel Michèle Micheline Michelle Mickaël Miguel
Mihai Mike Mila Milan Mildred Milena Milo Mina Minh Mireille Miriam Mitch Mohamed Mohammad Mohammed Mohand Moïse Momo Mona Monica Monique
Morgan Morgane Moritz Mouna Mounir Mourad Moussa Muhammad Muriel Murielle Murray Mustapha Mylène Myriam Myrtille Nabil Nabila Nacer Nacim
Nadège Nadia Nadine Nadir Nadjet Nahla Naïma Nancy Naomi Naoufel Nasser Nassim Nassima Nastasia Natacha Natasha Nathalie Nathan Nathanaël
Nathaniel Nawal Nawel Neil Nelly Nelson Nesrine Nestor Niamh Nicholas Nick Nicolás Nicolas Nicole Nigel Nikita Nils Nina Ninon Nisrine Noa
Noah Noël Noélie Noëlle Noémie Nolan Nolwenn Nora Norah Norbert Nordine Noreen Norman Nour Noura Nuno Oceane Octave Octavie Odette Odile
Odilon Ögnur Oksana Olaf Oleg Olena Olga Olimpia Oliver Olivia Olivier Ollie Olumide Olympe Omar Omayma Ophélie Oriane Orlando Ornella Oscar
Othman Otto Ouassim Oumaïma Oumar Oumou Oumy Ousmane Pablo Paloma Pamela Paola Paolo Pascal Pascale Pascaline Patrice Patricia Patricio
Patrick Patty Paul Paula Paulette Paulin Pauline Paulo Pavel Pawel Pedro Peggy Penelope Perceval Perrine Pete Peter Petra Phil Philibert
Philip Philippa Philippe Philomène Phoebe Phyllis Pierre Pierrette Pierric Pierrick Piotr Polly Prisca Priscilla Priscille Priya Quentin
Rabah Rabia Rachel Rachelle Rachid Rachida Radia Rafael Rahim Rajesh Ralf Ralph Ramon Ramona Ramzi Rania Raoul Raphaël Raphaëlle Rashid Ravi
Rayan Raymond Raymonde Rebecca Réda Régine Régis Réjane Rémi Rémy Renata Renato Renaud René Renée Réza Rhys Ricardo Richard Rick Ricky Rita
Ritchie Rkia Robbie Robert Roberta Roberto Robin Robyn Rocco Rochelle Rod Rodney Rodolphe Rodrigo Rodrigue Rogelio Roger Rokia Roland
Rolande Romain Roman Romane Roméo Romuald Ron Ronald Ronan Ronnie Rory Rosa Rosalie Rosario Roselyne Rosemary Rosie Rosine Ross Roxane
Roxanne Roy Ruben Rudi Rudy Rufus Russell Ruth Ryan Rym Sabine Sabrina Sacha Sadia Sadio Safia Saïd Salah Salif Salim Salima Saliou Sally
Salma Salomé Salvador Salvatore Samantha Samba Sami Samia Samir Samira Samson Samuel Samy Sander Sandra Sandrine Sandy Sanjay Santiago Sara
Sarah Saskia Saul Savannah Scarlett Scott Sean Sebastian Sébastien Ségolène Sékou Sélim Selma Séraphin Serena Serge Sergey Sergio Séverine
Seydou Shane Shannon Sharon Shaun Shauna Sheila Shelley Sherry Shirley Sid Sidney Sidonie Siegfried Sigrid Siham Silvia Siméon Simon Simone
Siobhan Sixtine Slimane Sofia Soizic Soizick Solange Solène Solenn Solenne Solveig Sonia Sonny Sophia Sophian Sophie Soraya Souad Soufiane
Soukaina Souleymane Stacy Stan Stanislas Stefan Stefania Stefano Stella Stéphan Stéphane Stéphanie Stephen Steve Steven Stuart Sulivan
Susan Suzanne Suzie Sven Svetlana Swann Sybille Sylvain Sylvestre Sylvette Sylviane Sylvie Tamara Tammy Tancrède Tanguy Tania Tanya Tara
Tarek Tarik Tariq Tasha Tatiana Taylor Ted Terence Térésa Teresa Terry Tess Tessa Thaïs Thalia Thanh Thea Thelma Theo Théo Theodore Théodore
Théophile Theresa Thérèse Thi Thibaud Thibault Thibaut Thierno Thierry Thomas Tiago Tiffany Tilda Tilio Tim Timéo Timothée Timothy Tina
Titouan Tobias Toby Todd Tom Tomas Tomasz Toni Tony Toufik Tracy Travis Trevor Tricia Tristan Troy Tuan Tyler Tyrone Ugo Ulrich Ulysse
Ursula Valentin Valentina Valentine Valérie Valery Vanessa Vasile Véra Vernon Véronique Vicky Victoire Victor Victoria Vikram Vincent
Vincente Viola Violaine Virgile Virginia Virginie Vito Viviane Vivien Vivienne Vladimir Wahiba Walid Walter Wanda Warren Wassila Wassim
Wayne Wei Wendy Wesley Whitney Wilfred Wilfried Wilhelm William Willy Winifred Wissam Wolfgang Xavier Xavière Xiaoming Yacine Yaël Yahia
Yanis Yann Yann-Gaël Yannick Yannis Yara Yasmin Yasmina Yasmine Yassin Yassine Yaya Yoann Yohan Yohann Yolande Youcef Younès Youri Yousra
Youssef Ysabel Yseult Yuki Yuri Yusuf Yves Yvette Yvonne Zacharie Zachary Zakaria Zélie Zeynep Ziad Zied Zineb Zoé Zofia Zohra Zoltan Zora
""".split()
)
